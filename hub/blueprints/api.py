"""Doors of the api room."""

from flask import Blueprint

blueprint = Blueprint("api", __name__)
