"""Ids of rows as they stand in addresses and forms: digits that a bigint holds, or none."""

import re
from collections.abc import Iterable

ROW_ID = re.compile(r"[0-9]{1,18}")


def read_id(given: str) -> int | None:
    """None for what is no id."""
    return int(given) if ROW_ID.fullmatch(given) else None


def read_ids(given: Iterable[str]) -> list[int]:
    """In their order, each once; what is no id is passed over."""
    return list(dict.fromkeys(int(each) for each in given if ROW_ID.fullmatch(each)))
