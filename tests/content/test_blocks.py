"""Blocks: what a delivered mail is made of, and that its copy says the same."""

import re

import pytest

from hub.content.blocks import (
    MOST_BLOCKS,
    Block,
    BlockKind,
    add_block,
    move_block,
    read_blocks,
    remove_block,
    to_json,
)
from hub.content.catalog import SOURCES, BuiltinMail, get_builtin, read_toml
from hub.content.checks import prepare_content
from hub.content.composing import Content, compose
from hub.content.recording import read_builtin
from hub.content.rendering import render
from hub.core.errors import Invalid
from hub.core.words import Purpose
from tests.content.refresh import ALL, prepare_mail

THREE = (Block("a", BlockKind.HEADER), Block("b", BlockKind.TEXT), Block("c", BlockKind.FOOTER))


def content_of(mail: BuiltinMail) -> Content:
    """A delivered mail as an author's content."""
    texts = read_toml(SOURCES / mail.key / f"{mail.language}.toml")
    preheader, blocks = read_builtin(mail)
    sms = texts.get("sms", "")
    return Content(
        mail.language, texts["subject"], preheader, blocks, sms, mail.variables, mail.has_unsubscribe
    )


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(("key", "language"), ALL)
def test_the_copy_of_a_delivered_mail_is_that_mail(key: str, language: str) -> None:
    mail = get_builtin(key, language)
    content = content_of(mail)
    copy = prepare_content(content, compose(content), key=key, purpose=Purpose(mail.purpose))
    needed = {v.name: v.example for v in mail.variables if v.is_required}
    for values in (mail.examples(), needed):
        here, there = render(prepare_mail(mail), values), render(copy, values)
        assert squeezed(there.html) == squeezed(here.html)
        assert squeezed(there.text) == squeezed(here.text)
        assert (there.subject, there.sms_text) == (here.subject, here.sms_text)


def test_blocks_survive_json() -> None:
    _, blocks = read_builtin(get_builtin("thanks", "fr"))
    assert read_blocks(to_json(blocks)) == blocks


@pytest.mark.parametrize(
    "raw",
    [
        {"kind": "script", "id": "a"},
        {"kind": "text"},
        {"kind": "text", "id": "<b>"},
        {"kind": "text", "id": "a", "condition": "a--><script>"},
        "text",
    ],
)
def test_what_is_no_block_is_refused(raw: object) -> None:
    with pytest.raises(Invalid):
        read_blocks([raw])


def test_doubled_ids_and_too_many_blocks_are_refused() -> None:
    with pytest.raises(Invalid):
        read_blocks([{"kind": "gap", "id": "a"}, {"kind": "gap", "id": "a"}])
    with pytest.raises(Invalid):
        read_blocks([{"kind": "gap", "id": f"b{n}"} for n in range(MOST_BLOCKS + 1)])


def test_moving_adding_removing() -> None:
    assert [b.id for b in move_block(THREE, "b", -1)] == ["b", "a", "c"]
    assert move_block(THREE, "a", -1) == move_block(THREE, "c", 1) == move_block(THREE, "z", 1) == THREE
    assert [b.kind for b in add_block(THREE, BlockKind.IMAGE)] == ["header", "text", "image", "footer"]
    assert [b.id for b in remove_block(THREE, "b")] == ["a", "c"]


def test_a_field_keeps_to_its_kind() -> None:
    raw = [
        {"kind": "text", "id": "a", "fields": {"text": "a\r\nb\x00", "style": "huge", "other": "x"}},
        {"kind": "store", "id": "b", "fields": {"has_hours": "<b>"}},
    ]
    text, store = read_blocks(raw)
    assert dict(text.fields) == {"text": "a\nb", "style": "normal"}
    assert dict(store.fields) == {"has_hours": ""}
