"""Drives the sandbox and the bridge from outside: processes, command lines, addresses, an admin's browser."""
