"""Doors of the setup room."""

from flask import Blueprint

blueprint = Blueprint("setup", __name__)
