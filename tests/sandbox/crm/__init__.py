"""Tests of what a portal's CRM does beyond reading and writing deals."""
