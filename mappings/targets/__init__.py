"""What the hub's records accept: one file per type of record."""
