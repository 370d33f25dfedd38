"""An export as a page: each table a section, each row its fields, moments and JSON in a form to read."""

import json
from typing import Any

from flask_babel import gettext

from hub.identity.exporting import Export

LONG = 4000


def sections_of(export: Export) -> list[dict[str, Any]]:
    """Title in the reader's language, and rows of (field, value)."""
    return [
        {
            "title": gettext(section.title),
            "table": section.table,
            "rows": [_fields(row) for row in section.rows],
        }
        for section in export.sections
    ]


def _fields(row: Any) -> list[tuple[str, str]]:
    return [(name, _words(value)) for name, value in row.items()]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)[:LONG]
    return str(value)
