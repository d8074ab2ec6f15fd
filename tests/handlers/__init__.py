"""Tests of what we do when a portal calls."""
