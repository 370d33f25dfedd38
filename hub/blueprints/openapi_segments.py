"""The description of the doors of segments."""

from typing import Any

from hub.blueprints.openapi_parts import get, paging
from hub.blueprints.openapi_schemas import MAYBE_MOMENT, MAYBE_NUMBER, NUMBER, TEXT, enum, page, ref, whole
from hub.segments.words import SegmentKind

SEGMENT = whole(
    {
        "id": NUMBER,
        "name": TEXT,
        "description": TEXT,
        "kind": enum(SegmentKind),
        "customers": MAYBE_NUMBER,
        "counted_at": MAYBE_MOMENT,
        "refreshed_at": MAYBE_MOMENT,
    }
)


def segment_paths() -> dict[str, Any]:
    """The list of segments and the members of one."""
    segment_id = {"name": "segment_id", "in": "path", "required": True, "schema": {**NUMBER, "minimum": 0}}
    return {
        "/segments": {"get": get("Segments by name", page("segments", SEGMENT), paging())},
        "/segments/{segment_id}/members": {
            "get": get(
                "Who is in a segment, by id; ids alone for a key without customers:read",
                page("members", {"anyOf": [ref("Customer"), whole({"id": NUMBER})]}),
                [segment_id, *paging()],
            )
        },
    }
