"""The engine: everything but the single robots and pages."""
