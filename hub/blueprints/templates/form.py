"""The editor's form: its fields read as a draft, and what its buttons do to the blocks."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from hub.content.actions import DraftContent
from hub.content.blocks import FIELDS, Block, BlockKind, add_block, move_block, read_blocks, remove_block
from hub.content.queries import plain_sms
from hub.content.rows import DraftView, SeenDraft
from hub.core.words import Language

Sent = MultiDict[str, str]
_SEEN = re.compile(r"([a-z]{2})\.([0-9]{1,9})\.([0-9]{1,9})", re.ASCII)


def read_draft(sent: Sent) -> DraftContent:
    """What the author sent, after what the pressed button does to it. Raises Invalid."""
    verb, _, what = sent.get("act", "save").partition(":")
    sms = sent.get("sms_text", "")
    return DraftContent(
        subject=sent.get("subject", ""),
        preheader=sent.get("preheader", ""),
        sms_text=plain_sms(sms) if verb == "plain_sms" else sms,
        blocks=_after(
            verb,
            what or sent.get("add_kind", ""),
            read_blocks(_raw_block(sent, each) for each in sent.getlist("block")),
        ),
        fallbacks=_read_fallbacks(sent),
    )


def _raw_block(sent: Sent, block_id: str) -> Mapping[str, Any]:
    kind = sent.get(f"{block_id}-kind", "")
    names = [each.name for each in FIELDS[BlockKind(kind)]] if kind in set(BlockKind) else []
    return {
        "id": block_id,
        "kind": kind,
        "fields": {name: sent.get(f"{block_id}-{name}", "") for name in names},
        "condition": sent.get(f"{block_id}-condition", ""),
    }


def _read_fallbacks(sent: Sent) -> dict[str, str]:
    mark = "fallback-"
    return {name.removeprefix(mark): value for name, value in sent.items() if name.startswith(mark)}


def _after(verb: str, what: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks after the pressed button: up, down, remove or add."""
    if verb == "add":
        return add_block(blocks, BlockKind(what)) if what in set(BlockKind) else blocks
    if verb in {"up", "down"}:
        return move_block(blocks, what, -1 if verb == "up" else 1)
    return remove_block(blocks, what) if verb == "remove" else blocks


def place_of(act: str, blocks: tuple[Block, ...], before: int) -> str:
    """The part of the page to come back to: the block that was moved or added."""
    verb, _, what = act.partition(":")
    if verb in {"up", "down"}:
        return f"block-{what}"
    if verb == "add" and len(blocks) > before:
        last = blocks[-1]
        return f"block-{blocks[-2].id if last.kind is BlockKind.FOOTER and len(blocks) > 1 else last.id}"
    return "sms" if verb == "plain_sms" else "editor"


def write_seen(drafts: Iterable[DraftView]) -> str:
    """What a page showed of the drafts, to come back with the button that acts on them: "fr.12.3 en.13.1"."""
    return " ".join(f"{draft.language.value}.{draft.id}.{draft.revision}" for draft in drafts)


def read_seen(text: str) -> dict[Language, SeenDraft]:
    """What was seen, by language; nothing of a text that is not ours."""
    found = (_SEEN.fullmatch(each) for each in text.split())
    return {
        Language(each[1]): SeenDraft(int(each[2]), int(each[3]))
        for each in found
        if each and each[1] in set(Language)
    }
