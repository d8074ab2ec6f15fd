"""The house itself: import order, sizes, names, locks, the wheel."""
