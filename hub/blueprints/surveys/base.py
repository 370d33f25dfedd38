"""The blueprint of these pages."""

from flask import Blueprint

blueprint = Blueprint("surveys", __name__)
