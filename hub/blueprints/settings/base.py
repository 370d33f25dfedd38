"""The blueprint of the settings pages and what they share."""

from flask import Blueprint

blueprint = Blueprint("settings", __name__)
