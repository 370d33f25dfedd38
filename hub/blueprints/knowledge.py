"""Doors of the knowledge room."""

from flask import Blueprint

blueprint = Blueprint("knowledge", __name__)
