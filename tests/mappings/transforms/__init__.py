"""One table of examples for each transform."""
