"""The blueprint of the typed properties and the words of their kinds."""

from typing import Any

from flask import Blueprint
from flask_babel import gettext

from hub.customers.property_words import PropertyKind

blueprint = Blueprint("properties", __name__)


def kind_words(kind: PropertyKind) -> str:
    return {
        PropertyKind.TEXT: gettext("Text"),
        PropertyKind.NUMBER: gettext("Number"),
        PropertyKind.DATE: gettext("Date"),
        PropertyKind.BOOLEAN: gettext("Yes or no"),
        PropertyKind.CHOICE: gettext("One of a list"),
    }[kind]


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {"kind_words": kind_words}
