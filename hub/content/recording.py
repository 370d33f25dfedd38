"""Reads a delivered mail as a list of blocks: its source is run once more with blocks that note themselves."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment

from hub.content.blocks import ACCENT, Block, BlockKind, renumbered
from hub.content.catalog import SOURCES, BuiltinMail, read_toml
from hub.content.compiling import new_environment

_REVIEW_LINK = "review_url"
_REVIEW_SHAPE = [BlockKind.HEADING, BlockKind.TEXT, BlockKind.BUTTON]


class _Recorder:
    """One method for each macro of _mjml.j2, with the same arguments; nothing is written, blocks are noted."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.preheader = ""
        self._condition = ""

    def _note(self, kind: BlockKind, **fields: str) -> str:
        self.blocks.append(Block("x", kind, fields, self._condition))
        return ""

    def open(self, _language: str, _subject: str, preheader: str) -> str:
        self.preheader = preheader
        return ""

    def close(self, why: str, _texts: Any, _has_unsubscribe: bool, _has_card: bool) -> str:
        return self._note(BlockKind.FOOTER, text=why)

    def optional(self, names: str, caller: Callable[[], str]) -> str:
        at, outer, self._condition = len(self.blocks), self._condition, names
        caller()
        self._condition = outer
        self.blocks[at:] = _gathered(names, self.blocks[at:])
        return ""

    def title(self, text: str) -> str:
        return self._note(BlockKind.HEADER, text=text)

    def subtitle(self, text: str) -> str:
        return self._note(BlockKind.HEADING, text=text)

    def paragraph(self, text: str) -> str:
        return self._note(BlockKind.TEXT, text=text, style="normal")

    def small(self, text: str) -> str:
        return self._note(BlockKind.TEXT, text=text, style="small")

    def signature(self, text: str) -> str:
        return self._note(BlockKind.TEXT, text=text, style="signature")

    def items(self, texts: Sequence[str]) -> str:
        return self._note(BlockKind.ITEMS, text="\n".join(texts))

    def button(self, label: str, url: str, colour: str = ACCENT) -> str:
        return self._note(BlockKind.BUTTON, label=label, link=url, colour=colour)

    def boxes(self, _choices: Any) -> str:
        return self._note(BlockKind.BOXES)

    def quote(self, name: str) -> str:
        return self._note(BlockKind.QUOTE, variable=name)

    def facts(self, rows: Iterable[tuple[str, str, bool]]) -> str:
        return self._note(BlockKind.FACTS, rows="\n".join(f"{label} | {name}" for label, name, _ in rows))

    def voucher(self, label: str, _texts: Any) -> str:
        return self._note(BlockKind.PROMO_CODE, label=label)

    def product(self, _n: int) -> str:
        return self._note(BlockKind.PRODUCTS, count="1")

    def basket(self, title: str, label: str, _texts: Any) -> str:
        return self._note(BlockKind.BASKET, title=title, label=label)

    def order(self, title: str, _texts: Any) -> str:
        return self._note(BlockKind.ORDER, title=title)

    def gap(self) -> str:
        return self._note(BlockKind.GAP)

    def links(self, _rows: Any) -> str:
        return self._note(BlockKind.SOCIAL)

    def store_card(self, _texts: Any, has_hours: bool) -> str:
        return self._note(BlockKind.STORE, has_hours="yes" if has_hours else "")


def _gathered(names: str, inner: list[Block]) -> list[Block]:
    """The blocks of a section: those that carry their own condition lose it, the three of a review become one."""
    if names == _REVIEW_LINK and [block.kind for block in inner] == _REVIEW_SHAPE:
        title, text, button = inner
        fields = {"title": title.get("text"), "text": text.get("text"), "label": button.get("label")}
        return [Block("x", BlockKind.REVIEW, fields)]
    own = {BlockKind.PROMO_CODE, BlockKind.PRODUCTS}
    return [Block(b.id, b.kind, b.fields, "" if b.kind in own else b.condition) for b in inner]


@cache
def _environment() -> Environment:
    """What it writes is thrown away: only the blocks are kept."""
    return new_environment(str)


@cache
def read_builtin(mail: BuiltinMail) -> tuple[str, tuple[Block, ...]]:
    """The preheader and the blocks of a delivered mail."""
    recorder = _Recorder()
    _environment().get_template(f"{mail.key}/mail.j2").render(
        ui=recorder,
        t=read_toml(SOURCES / mail.key / f"{mail.language}.toml"),
        common=read_toml(SOURCES / f"common.{mail.language}.toml"),
        language=mail.language,
        has_unsubscribe=mail.has_unsubscribe,
    )
    return recorder.preheader, renumbered(_merged(recorder.blocks))


def _merged(blocks: Iterable[Block]) -> list[Block]:
    """The blocks with products that follow one another as one list."""
    merged: list[Block] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if last and last.kind is block.kind is BlockKind.PRODUCTS:
            merged[-1] = Block(last.id, last.kind, {"count": str(int(last.get("count")) + 1)})
        else:
            merged.append(block)
    return merged
