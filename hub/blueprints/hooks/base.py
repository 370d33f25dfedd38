"""The blueprint of the webhooks: public, checked by signature."""

from flask import Blueprint

blueprint = Blueprint("hooks", __name__)
