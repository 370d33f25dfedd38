"""What the doors of the counter share."""

from flask import Blueprint

blueprint = Blueprint("counter", __name__)
SEAL = "counter-pin"
"""The purpose under which the browser seals a PIN."""
