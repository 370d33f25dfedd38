"""The type of the search column: written from plain words, kept as a tsvector."""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Text, TypeDecorator, cast, func, text
from sqlalchemy.dialects.postgresql import TSVECTOR


class SearchIndex(TypeDecorator[str]):
    """Words handed in as text; the database keeps them as they are and as French stems, without positions."""

    impl = TSVECTOR
    cache_ok = True

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        return index_expression(bindvalue)


def index_expression(words: ColumnElement[Any]) -> ColumnElement[Any]:
    """The index of a text parameter."""
    given = cast(words, Text)
    bare, stems = (func.strip(func.to_tsvector(text(f"'{name}'"), given)) for name in ("simple", "french"))
    return bare.op("||")(stems)
