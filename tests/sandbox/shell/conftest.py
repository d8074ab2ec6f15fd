"""Fixtures of the portal page's tests: those of the foreign clients' browser."""

from tests.clients.conftest import chromium, site

__all__ = ["chromium", "site"]
