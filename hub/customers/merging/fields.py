"""Whose value stays, field by field: what a merge proposes, from the two rows alone."""

from collections.abc import Mapping
from typing import Any

from hub.core.text import fold
from hub.customers.hygiene.names import is_swapped

NAMES = ("title", "first_name", "last_name")
PLACE = ("street", "postcode", "town", "country")
SINGLE = ("birth_on", "company", "language", "preferred_store_id")
ROW_FIELDS = (*NAMES, *PLACE, *SINGLE)
"""Columns of a customer that a person chooses. Names go together, and so does a place: halves of two fit nobody."""
ADDRESS_FIELDS = ("mail", "phone")
"""Which address is written to first; none is lost."""
PROPERTY = "property:"
GROUPS = (NAMES, PLACE)


def propose(survivor: Mapping[str, Any], merged: Mapping[str, Any]) -> dict[str, bool]:
    """By field whether the survivor's value stays: the only one there is, then the fuller, then the more recent.

    Both hold "updated_at" and the fields; a missing field is empty. Properties are fields named `property:<key>`.
    """
    is_newer = survivor["updated_at"] >= merged["updated_at"]
    fields = [*ROW_FIELDS, *ADDRESS_FIELDS, *_property_fields(survivor, merged)]
    kept = {name: _keeps(survivor.get(name), merged.get(name), is_newer=is_newer) for name in fields}
    for group in GROUPS:
        ours, theirs = _fullness(survivor, group), _fullness(merged, group)
        keeps = ours > theirs or (ours == theirs and (is_newer or _is_alike(survivor, merged, group)))
        kept |= dict.fromkeys(group, keeps)
    return kept | _in_right_order(survivor, merged)


def _in_right_order(survivor: Mapping[str, Any], merged: Mapping[str, Any]) -> dict[str, bool]:
    """One has as first name what is the last name of the other: whose order is right, when the hygiene can tell.

    They are one name, so the title may come from either.
    """
    ours, theirs = _first_and_last(survivor), _first_and_last(merged)
    if not all(ours) or tuple(map(fold, ours)) != tuple(map(fold, theirs[::-1])):
        return {}
    if is_swapped(*ours) == is_swapped(*theirs):
        return {}
    keeps = is_swapped(*theirs)
    title = not _is_empty(survivor.get("title")) or _is_empty(merged.get("title"))
    return {"first_name": keeps, "last_name": keeps, "title": title}


def _first_and_last(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row.get("first_name") or ""), str(row.get("last_name") or "")


def _property_fields(survivor: Mapping[str, Any], merged: Mapping[str, Any]) -> list[str]:
    return sorted({name for name in (*survivor, *merged) if name.startswith(PROPERTY)})


def _keeps(ours: Any, theirs: Any, *, is_newer: bool) -> bool:
    if _is_empty(theirs) or ours == theirs:
        return True
    if _is_empty(ours):
        return False
    if isinstance(ours, str) and isinstance(theirs, str):
        if theirs.casefold() in ours.casefold():
            return True
        if ours.casefold() in theirs.casefold():
            return False
    return is_newer


def _is_empty(value: Any) -> bool:
    return value is None or value in {"", ()}


def _fullness(row: Mapping[str, Any], group: tuple[str, ...]) -> tuple[int, int]:
    """How many of the fields are filled, and with how much; the country alone says nothing."""
    filled = [str(row[name]) for name in group if name != "country" and not _is_empty(row.get(name))]
    return len(filled), sum(len(text) for text in filled if len(text) > 1)


def _is_alike(survivor: Mapping[str, Any], merged: Mapping[str, Any], group: tuple[str, ...]) -> bool:
    return all(survivor.get(name) == merged.get(name) for name in group)
