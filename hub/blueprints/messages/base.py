"""The blueprint of these pages."""

from flask import Blueprint

blueprint = Blueprint("messages", __name__)
