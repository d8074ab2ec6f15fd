"""The portal page in a browser."""
