"""Definitions from the database: trees, the properties they may name, the segments inside them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.properties import list_definitions
from hub.segments.compiling.frame import EVERYBODY, Bounds, Frame
from hub.segments.conditions.fields import Catalog, catalog_of, property_field
from hub.segments.conditions.reading import read_tree
from hub.segments.conditions.tree import Group, segments_in
from hub.segments.models import Segment
from hub.segments.words import SegmentKind
from hub.stores.queries import get_chain

RING = N_("This segment would hold itself: %(names)s. Please take that condition out.")
UNKNOWN = N_("A segment in the conditions does not exist any more. Please take it out.")


def open_catalog() -> Catalog:
    """The delivered fields and the chain's properties."""
    return catalog_of(
        property_field(each.key, each.kind, each.label, each.choices) for each in list_definitions()
    )


def open_tree(definition: Mapping[str, Any]) -> Group:
    """Raises Invalid when it cannot be read (any more)."""
    return read_tree(definition, open_catalog())


def load_inner(wanted: Iterable[int], catalog: Catalog) -> dict[int, Group | None]:
    """The trees of these segments and of those inside them; None for a static one. Unknown ones are left out."""
    found: dict[int, Group | None] = {}
    missing = set(wanted)
    while missing:
        rows = db.session.execute(
            select(Segment.id, Segment.kind, Segment.definition).where(among(Segment.id, missing))
        ).all()
        for segment_id, kind, definition in rows:
            found[segment_id] = None if kind is SegmentKind.STATIC else read_tree(definition, catalog)
        trees = [found[row.id] for row in rows]
        missing = {each for tree in trees if tree for each in segments_in(tree)} - set(found)
    return found


def open_frame(root: Group, *, now: datetime, bounds: Bounds = EVERYBODY) -> Frame:
    """All that a statement about this tree needs to know."""
    wanted = segments_in(root)
    inner = load_inner(wanted, open_catalog()) if wanted else {}
    return Frame(now, ZoneInfo(get_chain().time_zone), bounds, inner)


def check_inside(root: Group, segment_id: int | None) -> None:
    """Raises Invalid when a segment inside is unknown, or holds this one in turn, also by way of a static one."""
    reached, ahead = set[int](), set(segments_in(root))
    catalog = open_catalog()
    while ahead:
        rows = db.session.execute(
            select(Segment.id, Segment.name, Segment.definition).where(among(Segment.id, ahead))
        ).all()
        if len(rows) < len(ahead):
            raise Invalid(UNKNOWN, field="root")
        reached |= ahead
        if segment_id in reached:
            raise Invalid(
                RING, field="root", names=", ".join(row.name for row in rows if row.id == segment_id)
            )
        ahead = {one for row in rows for one in segments_in(read_tree(row.definition, catalog))} - reached
