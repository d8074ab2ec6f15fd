"""Mappings: rules, transforms and what they make of deals."""
