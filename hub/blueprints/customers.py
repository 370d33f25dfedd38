"""Doors of the customers room."""

from flask import Blueprint

blueprint = Blueprint("customers", __name__)
