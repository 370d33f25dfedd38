"""A known segment: everybody whose post code begins so."""

from hub.core.actor import SYSTEM
from hub.segments.conditions.reading import read_tree
from hub.segments.saved.actions import save_segment
from hub.segments.saved.loading import open_catalog
from hub.segments.saved.rows import Draft
from hub.segments.words import SegmentKind
from tests.conftest import TUESDAY


def make_segment(name: str = "Lyon", postcode: str = "69") -> int:
    """Its id."""
    part = {"field": "customer.postcode", "test": "begins_with", "value": [postcode]}
    root = read_tree({"version": 1, "root": {"match": "all", "parts": [part]}}, open_catalog())
    return save_segment(Draft(name, "", SegmentKind.LIVE, root), by=SYSTEM, now=TUESDAY)
