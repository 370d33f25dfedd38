"""The fields of the composer that say what was inserted into its text, kept with the draft and with the answer."""

from collections.abc import Iterable, Mapping

from flask import request

from hub.blueprints.row_ids import read_ids

REPLY, ARTICLE, ACTS = "standard_reply_id", "article_id", "acts_of"
"""The standard replies and articles in the text, and the replies whose acts go with it."""
NAMES = (REPLY, ARTICLE, ACTS)
FIELDS = "fields"
"""In `inserted` of an answer."""
MOST = 20


def ids_of(name: str) -> list[int]:
    return _unique(read_ids(request.form.getlist(name)))


def inserted_ids() -> dict[str, list[int]]:
    """What the form that was sent says."""
    return {name: ids for name in NAMES if (ids := ids_of(name))}


def joined_ids(one: Mapping[str, list[int]], other: Mapping[str, list[int]]) -> dict[str, list[int]]:
    return {name: ids for name in NAMES if (ids := _unique([*one.get(name, ()), *other.get(name, ())]))}


def _unique(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(ids))[:MOST]
