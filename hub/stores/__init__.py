"""Stores, their opening hours and territories."""
