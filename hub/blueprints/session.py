"""Doors of the session room."""

from flask import Blueprint

blueprint = Blueprint("session", __name__)
