"""The blueprint of these pages."""

from flask import Blueprint

blueprint = Blueprint("loyalty", __name__)
