"""The blueprint of the sign-up forms."""

from flask import Blueprint

blueprint = Blueprint("signups", __name__)
