"""Control API and portal page."""
