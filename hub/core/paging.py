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


def decode_key(key: str) -> list[Any]:
    """The sort values of the last row seen. Raises Invalid on anything but a key we made."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        return [datetime.fromisoformat(value["t"]) if isinstance(value, dict) else value for value in plain]
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise Invalid(N_("This page address is not valid. Please start again from the first page.")) from None
