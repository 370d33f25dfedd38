"""Doors of the hooks room."""

from flask import Blueprint

blueprint = Blueprint("hooks", __name__)
