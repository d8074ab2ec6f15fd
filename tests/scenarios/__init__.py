"""Whole stories: a sandbox, a bridge, their real servers, and what the portals show in the end."""
