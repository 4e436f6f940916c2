"""Measurements beside stock Flask-Admin and Django's admin on the same tables: `make bench SCALE=100000`."""
