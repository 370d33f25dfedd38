"""Thin doors: translate a request into one call of a room."""
