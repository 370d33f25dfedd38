"""Doors of the demo: clock bar, mailbox."""

from flask import Blueprint

blueprint = Blueprint("demo", __name__)
