"""How a partner's deal becomes the hub's deal: rules as data, applied without any input or output."""
