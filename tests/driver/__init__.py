"""The pieces that drive the demo and the scenarios."""
