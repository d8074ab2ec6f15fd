"""Each performance claim as one command; a speed is a ratio taken in one run."""
