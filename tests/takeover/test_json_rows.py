"""JSON documents read row by row: what json.loads says, whatever the size of the window; memory does not grow with the rows."""

import json
import tracemalloc
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.takeover import json_rows
from hub.takeover.json_rows import BadJsonError, JsonRow, read_rows

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)
ROWS = st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=3) | SCALARS, max_size=4)
BY_ID = st.dictionaries(
    st.text(max_size=3), st.dictionaries(st.text(max_size=3), VALUES, max_size=2), max_size=3
)
DOCUMENTS = ROWS | st.dictionaries(st.text(max_size=5), ROWS | BY_ID | SCALARS, max_size=3)


def plain(value: Any) -> Any:
    """As json.loads gives it."""
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS, st.integers(1, 9), st.booleans(), st.sampled_from([None, 1]), st.booleans())
def test_a_document_says_what_it_says_as_a_whole(
    document: Any, chunk: int, is_ascii: bool, indent: int | None, has_mark: bool
) -> None:
    text = json.dumps(document, ensure_ascii=is_ascii, indent=indent)
    written = (b"\xef\xbb\xbf" if has_mark else b"") + text.encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "CHUNK_BYTES", chunk)
        assert plain(read_rows(lambda: written)) == json.loads(text)


def test_rows_stand_in_lists_by_id_and_in_assets() -> None:
    written = b'{"tickets": [{"id": 1}], "users": {"7": {"id": 7}}, "assets": {"Group": {"2": {"id": 2}}}}'
    found = read_rows(lambda: written)
    rows = [found["tickets"][0], found["users"]["7"], found["assets"]["Group"]["2"]]
    assert [(type(row), row["id"]) for row in rows] == [(JsonRow, 1), (JsonRow, 7), (JsonRow, 2)]
    wrapped = read_rows(lambda: b'[{"user": {"id": 3}}]')[0].below("user")
    assert dict(wrapped) == {"id": 3}


@pytest.mark.parametrize(
    "written",
    [b"", b"[", b'[{"id": 1}', b'[{"id": 1},]', b"[1 2]", b"{1: 2}", b"[] []", b"\xff", b"[" * 100_000],
)
def test_what_is_no_json_is_refused(written: bytes) -> None:
    with pytest.raises(BadJsonError):
        read_rows(lambda: written)


def test_memory_does_not_grow_with_what_the_rows_hold() -> None:
    row = json.dumps({"id": 1, "body": "é" * 20_000}).encode()
    written = b"[" + b",".join([row] * 200) + b"]"
    tracemalloc.start()
    try:
        rows = read_rows(lambda: written)
        assert sum(len(each["body"]) for each in rows) == 200 * 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(written) > 20_000_000
    assert peak < 12_000_000, peak
