"""Clients that nobody here wrote, against the sandbox: what they accept is what a portal may answer."""
