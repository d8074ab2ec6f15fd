"""Tests of the SQL statements on a real PostgreSQL."""
