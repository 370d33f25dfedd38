"""flask commands."""

from flask import Flask


def register(app: Flask) -> None:
    """Attach every command to the application."""
    _ = app
