"""Tests of comments, log entries, activities and their files."""
