"""The JSON shapes of nightly files of figures, and how their doors describe themselves."""

from typing import Any

from hub.blueprints.openapi_parts import download, get
from hub.blueprints.openapi_schemas import MOMENT, NUMBER, TEXT, enum, many, whole
from hub.statistics.exports.queries import ExportRow
from hub.statistics.words import Grain, Span

PACKED = "application/gzip"
DAY = {"type": "string", "format": "date"}
FILE = whole(
    {
        "name": TEXT,
        "night": DAY,
        "grain": enum(Grain),
        "span": enum(Span),
        "since": DAY,
        "until": DAY,
        "rows": NUMBER,
        "bytes": NUMBER,
        "sha256": TEXT,
        "created_at": MOMENT,
    }
)
NAME = {
    "name": "name",
    "in": "path",
    "required": True,
    "schema": {**TEXT, "minLength": 1},
    "description": "name of a file, as /statistics/exports lists them",
}
EVERY = "The files of all figures by day that the nights have written, the newest first"
ONE = "One of these files: CSV, packed by gzip; its ETag is its SHA-256"


def export(row: ExportRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "night": row.night.isoformat(),
        "grain": row.grain.value,
        "span": row.span.value,
        "since": row.since_on.isoformat(),
        "until": row.until_on.isoformat(),
        "rows": row.row_count,
        "bytes": row.size_bytes,
        "sha256": row.sha256,
        "created_at": row.created_at.isoformat(),
    }


def paths() -> dict[str, Any]:
    """The operations of these doors."""
    return {
        "/statistics/exports": {"get": get(EVERY, whole({"exports": many(FILE)}), [])},
        "/statistics/exports/{name}": {"get": download(ONE, NAME, PACKED)},
    }
