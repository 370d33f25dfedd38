"""An export as a page: each table a section, each row its fields, in words and in a form to read."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import format_currency, format_date, format_datetime, format_decimal, gettext

from hub.blueprints.customer_words import price_words
from hub.blueprints.privacy.export_answers import in_words
from hub.blueprints.privacy.export_columns import is_reference
from hub.blueprints.privacy.export_words import CODES, KEPT_AS_TEXT, column_words, keyword_words
from hub.customers.rules import show_phone
from hub.identity.exporting import Export
from hub.identity.holding import HELD
from hub.stores.queries import get_chain

LONG = 4000
E164 = re.compile(r"\+\d{6,15}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)")


def sections_of(export: Export) -> list[dict[str, Any]]:
    """Title in the reader's language, and rows of (field, value)."""
    keywords = {held.table: held.keywords for held in HELD}
    currency = get_chain().currency
    return [
        {
            "title": gettext(section.title),
            "table": section.table,
            "rows": [
                _fields(section.table, row, keywords[section.table], str(row.get("currency") or currency))
                for row in section.rows
            ],
        }
        for section in export.sections
    ]


def _fields(
    table: str, row: Mapping[str, Any], keywords: Mapping[str, type[StrEnum]], currency: str
) -> list[tuple[str, str]]:
    """What is said first; numbers by which only our software finds things are gathered at the end."""
    told = [
        (column_words(name), _said(table, name, value, keywords, currency))
        for name, value in in_words(table, row).items()
        if not is_reference(name)
    ]
    references = [str(value) for name, value in row.items() if is_reference(name)]
    return [*told, (column_words("id"), " · ".join(references))] if references else told


def _said(table: str, name: str, value: Any, keywords: Mapping[str, type[StrEnum]], currency: str) -> str:
    """A value of one column; keywords in the words of the hub."""
    kind = keywords.get(name) or KEPT_AS_TEXT.get((table, name))
    if kind:
        return keyword_words(kind, str(value))
    say: Callable[[str], str] | None = CODES.get((table, name))
    if say:
        return say(str(value))
    return _words(name, value, currency)[:LONG]


def _words(name: str, value: Any, currency: str) -> str:
    """Moments, days, phones and amounts as people write them; the archive's JSON has them as they are kept."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int | float):
        return _number(name, value, currency)
    if isinstance(value, dict):
        parts = ((column_words(key), _words(key, each, currency)) for key, each in value.items())
        return " · ".join(f"{key}: {each}" for key, each in parts if each)
    if isinstance(value, list):
        return ", ".join(filter(None, (_words(name, each, currency) for each in value)))
    return "" if value is None else _as_read(str(value)) or str(value)


def _number(name: str, value: float, currency: str) -> str:
    if name.endswith("_cents"):
        return str(format_currency(Decimal(value) / 100, currency))
    if name == "price_micros":
        return price_words(int(value), currency)
    return str(value) if isinstance(value, int) else str(format_decimal(value, "#,##0.##"))


def _as_read(text: str) -> str:
    if E164.fullmatch(text):
        return show_phone(text)
    try:
        if MOMENT.fullmatch(text):
            return str(format_datetime(datetime.fromisoformat(text), "d MMM y HH:mm"))
        return str(format_date(date.fromisoformat(text), "d MMM y")) if DAY.fullmatch(text) else ""
    except ValueError:
        return ""
