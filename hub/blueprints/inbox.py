"""Doors of the inbox room."""

from flask import Blueprint

blueprint = Blueprint("inbox", __name__)
