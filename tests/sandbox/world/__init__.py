"""Portals and what happens in them."""
