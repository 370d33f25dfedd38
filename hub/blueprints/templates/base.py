"""The blueprint of these pages."""

from flask import Blueprint

blueprint = Blueprint("templates", __name__)
