"""The blueprint of tracked links."""

from flask import Blueprint

blueprint = Blueprint("tracking", __name__)
