"""Keyset paging: a page remembers the sort values of its last row, never an offset."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from hub.core.errors import Invalid
from hub.core.text import N_

Row = TypeVar("Row")
BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")
MOST = 2**63 - 1


@dataclass(frozen=True)
class Page(Generic[Row]):
    """`next_key` is None on the last page; otherwise it is handed back as `after`."""

    rows: Sequence[Row]
    next_key: str | None


def make_page(rows: Sequence[Row], *, size: int, key: Callable[[Row], Sequence[Any]]) -> Page[Row]:
    """Of up to `size + 1` rows keep `size`; the extra one only tells that there is more."""
    if len(rows) <= size:
        return Page(rows, None)
    kept = rows[:size]
    return Page(kept, encode_key(key(kept[-1])))


def encode_key(values: Sequence[Any]) -> str:
    plain = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode_key(key: str, *kinds: type) -> list[Any]:
    """The sort values of the last row seen. Raises Invalid on anything but a key we made.

    `kinds`: what the values of this list are, each by its type; a key of another list is none of ours.
    """
    try:
        plain = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        values = [_read(value) for value in plain]
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise Invalid(BAD_PAGE) from None
    if not isinstance(plain, list) or (kinds and tuple(map(type, values)) != kinds):
        raise Invalid(BAD_PAGE)
    return values


def _read(value: Any) -> Any:
    """What `encode_key` writes: moments with their zone, words without NUL, whole numbers as the database has them, nothing."""
    if isinstance(value, dict):
        moment = datetime.fromisoformat(value["t"])
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    is_plain = value is None or (isinstance(value, str) and "\0" not in value) or isinstance(value, float)
    if is_plain or (type(value) is int and abs(value) <= MOST):
        return value
    raise ValueError(value)
