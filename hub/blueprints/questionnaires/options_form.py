"""Options of a choice and lines of a table in a form: rows with a code and words, moved, added and taken out by buttons."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from hub.core.text import N_
from hub.questionnaires.drafts.editing import fill_codes
from hub.questionnaires.reading import KEY, MOST_OPTIONS

Sent = MultiDict[str, str]
Stored = dict[str, Any]
MORE = 3
"""Empty rows that a press adds."""
BAD_CODE = N_("A code is of small letters, digits and underscores: “%(code)s”.")
TWICE = N_("Two rows have the code “%(code)s”.")
BAD_QUOTA = N_("A quota is a whole number from 1: “%(value)s”.")


def read_rows(sent: Sent, name: str) -> list[Stored]:
    """The rows as they stand in the form, after the button that was pressed."""
    numbers = sent.getlist(f"{name}-row")[:MOST_OPTIONS]
    act, _, target = sent.get("act", "").partition(":")
    group, _, number = target.partition(":")
    rows = {each: _read_row(sent, f"{name}-{each}-") for each in numbers if each.isdecimal()}
    order = list(rows)
    if group == name and number in order:
        _move(order, number, act)
    found = [rows[each] for each in order]
    if group == name and act == "more":
        found += [{} for _ in range(MORE)]
    return found[:MOST_OPTIONS]


def _move(order: list[str], number: str, act: str) -> None:
    place = order.index(number)
    if act == "drop":
        order.pop(place)
    elif act in {"up", "down"}:
        target = place + (1 if act == "down" else -1)
        if 0 <= target < len(order):
            order.insert(target, order.pop(place))


def _read_row(sent: Sent, mark: str) -> Stored:
    most = sent.get(f"{mark}most", "").strip()
    return {
        "code": sent.get(f"{mark}code", "").strip(),
        "words": {"fr": sent.get(f"{mark}fr", "").strip(), "en": sent.get(f"{mark}en", "").strip()},
        "is_exclusive": sent.get(f"{mark}exclusive") == "1",
        "is_fixed": sent.get(f"{mark}fixed") == "1",
        "most": int(most) if most.isdecimal() else most,
    }


def is_empty(row: Mapping[str, Any]) -> bool:
    return not row.get("code") and not any(row.get("words", {}).values())


def told_rows(rows: Sequence[Mapping[str, Any]]) -> list[Stored]:
    """Those in which something stands, each with a code."""
    return fill_codes(row for row in rows if not is_empty(row))


def check_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with the rows, in the reader's words; "" when nothing is."""
    seen = set()
    for row in told_rows(rows):
        code, most = row["code"], row.get("most")
        if not KEY.fullmatch(code):
            return str(gettext(BAD_CODE, code=code))
        if code in seen:
            return str(gettext(TWICE, code=code))
        if most not in ("", None) and not (isinstance(most, int) and most > 0):
            return str(gettext(BAD_QUOTA, value=most))
        seen.add(code)
    return ""
