"""The bridge's pages in Chromium, inside a portal of the sandbox, and the API behind them."""
