"""The demo: deals leave partner portals and arrive in the hub, for a person to watch or a script to count."""
