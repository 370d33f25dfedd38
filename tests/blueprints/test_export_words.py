"""Who asks for his data can read them: every exported column and keyword has its words, in French and in English."""

from enum import StrEnum

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from hub.blueprints.privacy.export_columns import COLUMNS, is_reference
from hub.blueprints.privacy.export_moments import MOMENTS
from hub.blueprints.privacy.export_values import VALUES
from hub.blueprints.privacy.export_words import KINDS_OF_VALUES, column_words, keyword_words
from hub.blueprints.privacy.shown import sections_of
from hub.identity.exporting import Export, Section
from hub.identity.holding import HELD
from hub.translations import read_fragments
from tests.conftest import TUESDAY
from tests.makers.inbox import make_house

EXPORTED = [held for held in HELD if held.is_exported]
COLUMNS_SHOWN = sorted({column.name for held in EXPORTED for column in held.shown})
KEYWORDS: list[type[StrEnum]] = sorted(
    {kind for held in EXPORTED for kind in held.keywords.values()}, key=lambda kind: kind.__name__
)


def test_every_exported_column_has_its_words() -> None:
    """In both languages: a column without a line of the table is found here, before a customer meets it."""
    english = {
        name: COLUMNS.get(name) or MOMENTS.get(name) for name in COLUMNS_SHOWN if not is_reference(name)
    }
    assert len(english) > 250
    missing = [name for name, words in english.items() if not words]
    assert missing == [], "Add these to hub/blueprints/privacy/export_columns.py or export_moments.py"
    french = read_fragments()
    assert [words for words in english.values() if not french[words].string] == []


def test_no_word_is_left_of_a_column_that_is_gone() -> None:
    assert sorted((COLUMNS.keys() | MOMENTS.keys()) - set(COLUMNS_SHOWN)) == []


def test_every_exported_keyword_has_its_words(app: Flask) -> None:
    """By the words of the hub's own pages, else by the table of keywords."""
    bare = [
        f"{kind.__name__}.{member.value}"
        for kind in KEYWORDS
        if kind not in KINDS_OF_VALUES
        for member in kind
        if member.value not in VALUES
    ]
    assert bare == [], "Add the words of these to hub/blueprints/privacy/export_values.py or export_words.py"
    for language in ("fr", "en"):
        with app.test_request_context(), force_locale(language):
            said = [keyword_words(kind, member.value) for kind in KEYWORDS for member in kind]
        assert all(said)
        assert [words for words in said if "_" in words] == []


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            {
                "Créé le": "3 mars 2026 10:00",
                "Total": "1\u202f234,50\xa0€",
                "État": "livrée",
                "Références": "7 · 44",
            },
        ),
        (
            "en",
            {"Created on": "3 Mar 2026 10:00", "Total": "€1,234.50", "State": "in the customer's hands"},
        ),
    ],
)
def test_a_row_reads_like_a_page(
    app: Flask, session: Session, language: str, expected: dict[str, str]
) -> None:
    make_house(session)
    row = {
        "id": 7,
        "customer_id": 44,
        "created_at": "2026-03-03T09:00:00+00:00",
        "total_cents": 123450,
        "currency": "EUR",
        "state": "delivered",
    }
    export = Export(44, (44,), TUESDAY, (Section("orders", "orders", "Orders", (row,)),))
    with app.test_request_context(), force_locale(language):
        fields = dict(sections_of(export)[0]["rows"][0])
        names = [column_words(name) for name in COLUMNS_SHOWN]
    assert {name: fields[name] for name in expected} == expected
    assert [words for words in names if "_" in words or words in COLUMNS_SHOWN] == []
