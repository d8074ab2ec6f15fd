"""Deals, contacts, companies: their fields, values and the rules of changing them."""
