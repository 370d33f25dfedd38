"""Addresses of the customers behind a figure of a plan's results: the same filters, and what was clicked."""

from typing import Any

from flask import url_for
from flask_babel import format_decimal
from markupsafe import Markup

from hub.blueprints.access import viewer
from hub.blueprints.plan_results.base import kept
from hub.plans.results.clicks import Stage
from hub.staff.words import Permission


def behind(key: str, stage: Stage | str, **clicked: Any) -> str:
    """Nothing for who reads no customers."""
    if not viewer().may(Permission.READ_CUSTOMERS):
        return ""
    asked = {name: value for name, value in (kept() | clicked).items() if value}
    return url_for("plan_results.list_people", key=key, stage=str(stage), **asked)


def linked(count: int, href: str, words: str = "") -> object:
    """A figure of a table that leads to its customers; none of nobody."""
    if not count or not href:
        return words or count
    return Markup('<a href="{}">{}</a>').format(href, words or format_decimal(count))
