"""Doors of the health room."""

from flask import Blueprint

blueprint = Blueprint("health", __name__)
