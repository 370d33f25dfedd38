"""Forms and answers without a database: what is refused, what is cleaned, what a file must not carry."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.core.words import Channel, Purpose
from hub.signups import rules
from hub.signups.rules import ConsentLine, Question, Texts
from hub.signups.words import FieldKind, Mode
from tests.makers.signups import CONTENT, GIVEN

TODAY = date(2026, 3, 3)
SMS = ConsentLine(Channel.SMS, Purpose.PROMOTION, "", "Par SMS", "By SMS")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"texts": {"fr": Texts("Titre"), "en": Texts(" ")}}, "title_en"),
        ({"fields": {}}, "field_email"),
        ({"fields": {"email": Mode.OPTIONAL}}, "field_email"),
        ({"rules_url": "javascript:alert(1)"}, "rules_url"),
        ({"image_url": "picture.png"}, "image_url"),
        ({"questions": (Question("Quoi ?", ""),)}, "questions-0-fr"),
        ({"consents": (SMS,)}, "consents-0-fr"),
        ({"consents": (replace(SMS, channel=Channel.EMAIL, en=""),)}, "consents-0-fr"),
    ],
)
def test_a_form_that_cannot_keep_its_promise_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.check_content(replace(CONTENT, **changes), is_contest=False)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_contest_needs_its_rules() -> None:
    rules.check_content(CONTENT, is_contest=False)
    with pytest.raises(Invalid):
        rules.check_content(CONTENT, is_contest=True)


def test_a_version_is_read_as_it_was_written() -> None:
    assert rules.from_json(rules.to_json(CONTENT)) == CONTENT


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({}, []),
        ({"email": ""}, ["email"]),
        ({"email": "eva@"}, ["email"]),
        ({"phone": "12"}, ["phone"]),
        ({"birth_on": "2030-01-01"}, ["birth_on"]),
        ({"birth_on": "yesterday"}, ["birth_on"]),
        ({"birth_on": "1890-01-01"}, ["birth_on"]),
        ({"q0": ""}, ["q0"]),
    ],
)
def test_answers_are_judged_field_by_field(changes: dict[str, str], errors: list[str]) -> None:
    content = replace(
        CONTENT,
        fields={kind.value: Mode.OPTIONAL for kind in FieldKind} | {"email": Mode.REQUIRED},
        questions=(Question("Quoi ?", "What?", is_required=True),),
    )
    found = rules.read_answers(content, {**GIVEN, "q0": "Rien", **changes}, today=TODAY)
    assert sorted(found.errors) == errors


def test_answers_are_cleaned() -> None:
    found = rules.read_answers(
        CONTENT, {"email": "  EVA@Client.example ", "c0": "on", "c9": "1"}, today=TODAY
    )
    assert found.values["email"] == "eva@client.example"
    assert found.ticked == (0,)


def test_a_tick_without_its_address_keeps_nothing() -> None:
    content = replace(CONTENT, fields={"email": Mode.REQUIRED, "phone": Mode.OPTIONAL}, consents=(SMS,))
    found = rules.read_answers(content, {**GIVEN, "c0": "1"}, today=TODAY)
    assert rules.missing_ticks(content, found) == (0,)


@given(st.text(max_size=40))
def test_no_cell_is_a_formula(text: str) -> None:
    assert not rules.safe_cell(text).startswith(rules.DANGEROUS)


@given(st.dictionaries(st.sampled_from([*FieldKind, "q0", "c0", "rules", "nonce"]), st.text(max_size=300)))
def test_anything_may_be_sent(sent: dict[str, str]) -> None:
    found = rules.read_answers(CONTENT, sent, today=TODAY)
    assert found.errors or found.values["email"]
