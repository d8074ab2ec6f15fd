"""Authorization and queue server."""
