"""The blocks a mail is made of: their kinds, the fields of each, and how they are read from a draft. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_

LONGEST_LINE = 200
LONGEST_TEXT = 4000
MOST_BLOCKS = 40
ACCENT = "#1f4e5f"
_CONDITION = re.compile(r"!?[a-z0-9_]+(?:\|[a-z0-9_]+)*")
_ID = re.compile(r"[a-z0-9]{1,12}")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class BlockKind(StrEnum):
    HEADER = "header"
    HEADING = "heading"
    TEXT = "text"
    ITEMS = "items"
    IMAGE = "image"
    BUTTON = "button"
    PRODUCTS = "products"
    BASKET = "basket"
    ORDER = "order"
    STORE = "store"
    PROMO_CODE = "promo_code"
    REVIEW = "review"
    BOXES = "boxes"
    FACTS = "facts"
    QUOTE = "quote"
    SOCIAL = "social"
    GAP = "gap"
    FOOTER = "footer"


class FieldKind(StrEnum):
    """How a field is typed: one line, several lines, a link (variable or address), a colour, one of a list, yes or no."""

    LINE = "line"
    LINES = "lines"
    LINK = "link"
    COLOUR = "colour"
    CHOICE = "choice"
    CHECK = "check"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class BlockField:
    """One field of a kind of block. `choices` only for CHOICE; the first is what a new block has."""

    name: str
    kind: FieldKind = FieldKind.LINE
    default: str = ""
    choices: tuple[str, ...] = ()


_TITLE = BlockField("title")
_LABEL = BlockField("label")
_COLOUR = BlockField("colour", FieldKind.COLOUR, ACCENT)
FIELDS: Mapping[BlockKind, tuple[BlockField, ...]] = {
    BlockKind.HEADER: (BlockField("text"),),
    BlockKind.HEADING: (BlockField("text"),),
    BlockKind.TEXT: (
        BlockField("text", FieldKind.LINES),
        BlockField("style", FieldKind.CHOICE, "normal", ("normal", "small", "signature")),
    ),
    BlockKind.ITEMS: (BlockField("text", FieldKind.LINES),),
    BlockKind.IMAGE: (
        BlockField("source", FieldKind.LINK),
        BlockField("alt"),
        BlockField("link", FieldKind.LINK),
    ),
    BlockKind.BUTTON: (_LABEL, BlockField("link", FieldKind.LINK), _COLOUR),
    BlockKind.PRODUCTS: (BlockField("count", FieldKind.CHOICE, "3", ("1", "2", "3")),),
    BlockKind.BASKET: (_TITLE, _LABEL),
    BlockKind.ORDER: (_TITLE,),
    BlockKind.STORE: (BlockField("has_hours", FieldKind.CHECK, "yes"),),
    BlockKind.PROMO_CODE: (_LABEL,),
    BlockKind.REVIEW: (_TITLE, BlockField("text", FieldKind.LINES), _LABEL),
    BlockKind.BOXES: (),
    BlockKind.FACTS: (BlockField("rows", FieldKind.LINES),),
    BlockKind.QUOTE: (BlockField("variable", FieldKind.VARIABLE),),
    BlockKind.SOCIAL: (),
    BlockKind.GAP: (),
    BlockKind.FOOTER: (BlockField("text", FieldKind.LINES),),
}


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `condition`: "" always, "name" or "a|b" when there is a value, "!name" when there is none."""

    id: str
    kind: BlockKind
    fields: Mapping[str, str] = field(default_factory=dict)
    condition: str = ""

    def get(self, name: str) -> str:
        """The field, or what a new block of this kind has."""
        if name in self.fields:
            return self.fields[name]
        return next((each.default for each in FIELDS[self.kind] if each.name == name), "")


def read_blocks(raw: Iterable[Any]) -> tuple[Block, ...]:
    """The blocks of a JSON list. Raises Invalid for kinds we do not know, doubled ids and too many blocks."""
    blocks = tuple(_read(each) for each in raw)
    if len(blocks) > MOST_BLOCKS:
        raise Invalid(N_("A message has at most %(count)s blocks. Please take some away."), count=MOST_BLOCKS)
    if len({block.id for block in blocks}) != len(blocks):
        raise Invalid(N_("The blocks of this form are mixed up. Please reload the page."))
    return blocks


def _read(raw: Any) -> Block:
    try:
        kind, block_id = BlockKind(raw["kind"]), str(raw["id"])
        given: Mapping[str, Any] = raw.get("fields", {})
        condition = str(raw.get("condition", "")).strip()
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Invalid(N_("The blocks of this form are mixed up. Please reload the page.")) from error
    if not _ID.fullmatch(block_id):
        raise Invalid(N_("The blocks of this form are mixed up. Please reload the page."))
    if condition and not _CONDITION.fullmatch(condition):
        raise Invalid(
            N_("“%(condition)s” is not the name of a variable. Please write it as in the list of variables."),
            condition=condition,
        )
    fields = {each.name: _clean(each, str(given.get(each.name, each.default))) for each in FIELDS[kind]}
    return Block(block_id, kind, fields, condition)


def _clean(spec: BlockField, raw: str) -> str:
    """The field as it is kept: without control characters, within its length, one of its choices."""
    text = _CONTROL.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))
    if spec.kind is FieldKind.CHOICE:
        return text if text in spec.choices else spec.default
    if spec.kind is FieldKind.CHECK:
        return "yes" if text == "yes" else ""
    if spec.kind is FieldKind.LINES:
        return text.strip()[:LONGEST_TEXT]
    if spec.kind is FieldKind.LINK:
        return " ".join(text.split())
    return " ".join(text.split())[:LONGEST_LINE]


def to_json(blocks: Iterable[Block]) -> list[Any]:
    """The blocks as they are kept in a draft or a version."""
    return [
        {"id": block.id, "kind": block.kind.value, "fields": dict(block.fields), "condition": block.condition}
        for block in blocks
    ]


def new_block(kind: BlockKind, blocks: Iterable[Block]) -> Block:
    """An empty block of this kind with an id that no other block has."""
    taken = {block.id for block in blocks}
    number = next(n for n in range(1, MOST_BLOCKS + len(taken) + 2) if f"b{n}" not in taken)
    return Block(f"b{number}", kind, {each.name: each.default for each in FIELDS[kind]})


def add_block(blocks: tuple[Block, ...], kind: BlockKind) -> tuple[Block, ...]:
    """The blocks with an empty one more: at the end, but before the footer."""
    block = new_block(kind, blocks)
    at = len(blocks) - 1 if blocks and blocks[-1].kind is BlockKind.FOOTER else len(blocks)
    return (*blocks[:at], block, *blocks[at:])


def move_block(blocks: tuple[Block, ...], block_id: str, step: int) -> tuple[Block, ...]:
    """The blocks with this one `step` places further (-1: up); the same when it is at the end or unknown."""
    at = next((n for n, block in enumerate(blocks) if block.id == block_id), None)
    if at is None or not 0 <= at + step < len(blocks):
        return blocks
    rest = [*blocks[:at], *blocks[at + 1 :]]
    rest.insert(at + step, blocks[at])
    return tuple(rest)


def remove_block(blocks: tuple[Block, ...], block_id: str) -> tuple[Block, ...]:
    """The blocks without this one."""
    return tuple(block for block in blocks if block.id != block_id)


def renumbered(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks with ids in their order."""
    return tuple(replace(block, id=f"b{number}") for number, block in enumerate(blocks, start=1))
