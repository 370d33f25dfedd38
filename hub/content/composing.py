"""Compiles a list of blocks: the same macros that write the delivered mails, called block by block."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hub.content.blocks import Block, BlockKind, to_json
from hub.content.catalog import SOURCES, Variable, read_toml
from hub.content.compiling import Compiled, environment, tidy, to_html, to_plain, to_sms

_NETWORKS = ("facebook", "instagram", "youtube", "tiktok", "linkedin", "pinterest")
_NETWORK_NAMES = ("Facebook", "Instagram", "YouTube", "TikTok", "LinkedIn", "Pinterest")
_BOX_COLOURS = (("very_satisfied", "#1d6a46"), ("satisfied", "#2d5b88"), ("not_satisfied", "#97392c"))


@dataclass(frozen=True, slots=True)
class Content:
    """What an author wrote in one language, with the variables it may use (`fallbacks` already in them)."""

    language: str
    subject: str
    preheader: str
    blocks: tuple[Block, ...]
    sms_text: str
    variables: tuple[Variable, ...]
    has_unsubscribe: bool

    @property
    def is_empty(self) -> bool:
        return not (self.subject or self.blocks)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the writers of blocks need: the macros of one form, the common words, which variables are sure."""

    form: str
    ui: Any
    image: Any
    common: Mapping[str, Any]
    sure: frozenset[str]
    has_unsubscribe: bool
    has_card: bool

    def when(self, names: str, body: str) -> str:
        """The body as a section of these names; "!name" for one without a value."""
        word, plain = ("unless", names[1:]) if names.startswith("!") else ("if", names)
        start, end = f"<!--{word} {plain}-->", f"<!--end {plain}-->"
        if self.form == "mjml":
            return f"<mj-raw>{start}</mj-raw>{body}<mj-raw>{end}</mj-raw>"
        return f"{start}{body}{end}"

    def when_unsure(self, name: str, body: str) -> str:
        """The body, as a section of the variable unless it always has a value."""
        is_variable = bool(name) and ":" not in name
        return self.when(name, body) if is_variable and name not in self.sure else body


def compose(content: Content) -> Compiled:
    """Compile what an author wrote. Raises ValueError when MJML refuses it."""
    mjml, text = _expand(content, "mjml"), tidy(_expand(content, "text"))
    subject, sms_text = str(to_plain(content.subject)), to_sms(content.sms_text)
    told = [content.language, subject, mjml, text, sms_text, repr(content.variables)]
    return Compiled(
        subject=subject,
        html=to_html(mjml),
        text=text,
        source=json.dumps(to_json(content.blocks), ensure_ascii=False),
        source_hash=hashlib.sha256("\x00".join(told).encode()).hexdigest(),
        sms_text=sms_text,
    )


def _expand(content: Content, form: str) -> str:
    """All blocks in one form ("mjml" or "text"), in the frame of a mail."""
    desk = _open_desk(content, form)
    footer = next((block for block in content.blocks if block.kind is BlockKind.FOOTER), None)
    parts = [desk.ui.open(content.language, content.subject, content.preheader)]
    parts += [_write(desk, block) for block in content.blocks if block.kind is not BlockKind.FOOTER]
    why = footer.get("text") if footer else ""
    parts.append(desk.ui.close(why, desk.common, bool(footer) and desk.has_unsubscribe, desk.has_card))
    return "".join(str(part) for part in parts)


def _open_desk(content: Content, form: str) -> _Desk:
    common = _common(content.language)
    return _Desk(
        form=form,
        ui=environment(form).get_template(f"_{form}.j2").make_module({"colon": common["colon"]}),
        image=environment(form).get_template(f"_{form}_image.j2").module,
        common=common,
        sure=frozenset(v.name for v in content.variables if v.is_required or v.fallback),
        has_unsubscribe=content.has_unsubscribe,
        has_card=any(block.kind is BlockKind.STORE for block in content.blocks),
    )


@cache
def _common(language: str) -> Mapping[str, Any]:
    return read_toml(SOURCES / f"common.{language}.toml")


def _write(desk: _Desk, block: Block) -> str:
    body = _WRITERS[block.kind](desk, block)
    return desk.when(block.condition, body) if block.condition else body


def _header(desk: _Desk, block: Block) -> str:
    return str(desk.ui.title(block.get("text")))


def _heading(desk: _Desk, block: Block) -> str:
    return str(desk.ui.subtitle(block.get("text")))


def _text(desk: _Desk, block: Block) -> str:
    macro = {"small": desk.ui.small, "signature": desk.ui.signature}.get(
        block.get("style"), desk.ui.paragraph
    )
    return "".join(str(macro(part)) for part in _paragraphs(block.get("text")))


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: a blank line parts them, a single break is a space."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return [part for part in parts if part]


def _items(desk: _Desk, block: Block) -> str:
    lines = [line.strip() for line in block.get("text").split("\n")]
    return str(desk.ui.items([line for line in lines if line]))


def _image(desk: _Desk, block: Block) -> str:
    body = str(desk.image.image(block.get("source"), block.get("alt"), block.get("link")))
    return desk.when_unsure(block.get("link"), body)


def _button(desk: _Desk, block: Block) -> str:
    body = str(desk.ui.button(block.get("label"), block.get("link"), block.get("colour")))
    return desk.when_unsure(block.get("link"), body)


def _products(desk: _Desk, block: Block) -> str:
    numbers = range(1, int(block.get("count")) + 1)
    return "".join(desk.when(f"product_{n}_name", str(desk.ui.product(n))) for n in numbers)


def _basket(desk: _Desk, block: Block) -> str:
    return str(desk.ui.basket(block.get("title"), block.get("label"), desk.common))


def _order(desk: _Desk, block: Block) -> str:
    return str(desk.ui.order(block.get("title"), desk.common))


def _store(desk: _Desk, block: Block) -> str:
    return str(desk.ui.store_card(desk.common, block.get("has_hours") == "yes"))


def _promo_code(desk: _Desk, block: Block) -> str:
    return desk.when("promo_code", str(desk.ui.voucher(block.get("label"), desk.common)))


def _review(desk: _Desk, block: Block) -> str:
    title = desk.ui.subtitle(block.get("title")) if block.get("title") else ""
    words = "".join(str(desk.ui.paragraph(part)) for part in _paragraphs(block.get("text")))
    return desk.when("review_url", f"{title}{words}{desk.ui.button(block.get('label'), 'review_url')}")


def _boxes(desk: _Desk, _block: Block) -> str:
    return str(desk.ui.boxes([(desk.common[name], f"{name}_url", colour) for name, colour in _BOX_COLOURS]))


def _facts(desk: _Desk, block: Block) -> str:
    return str(desk.ui.facts([(label, name, name not in desk.sure) for label, name in read_rows(block)]))


def read_rows(block: Block) -> list[tuple[str, str]]:
    """The lines "label | variable" of a list of facts; lines without a bar are left out."""
    pairs = (line.rpartition("|") for line in block.get("rows").split("\n"))
    return [(label.strip(), name.strip()) for label, bar, name in pairs if bar and label.strip()]


def _quote(desk: _Desk, block: Block) -> str:
    return desk.when_unsure(block.get("variable"), str(desk.ui.quote(block.get("variable"))))


def _social(desk: _Desk, _block: Block) -> str:
    rows: Iterable[tuple[str, str]] = [
        (name, f"{network}_url") for name, network in zip(_NETWORK_NAMES, _NETWORKS, strict=True)
    ]
    return desk.when("|".join(f"{network}_url" for network in _NETWORKS), str(desk.ui.links(rows)))


def _gap(desk: _Desk, _block: Block) -> str:
    return str(desk.ui.gap())


_WRITERS: Mapping[BlockKind, Callable[[_Desk, Block], str]] = {
    BlockKind.HEADER: _header,
    BlockKind.HEADING: _heading,
    BlockKind.TEXT: _text,
    BlockKind.ITEMS: _items,
    BlockKind.IMAGE: _image,
    BlockKind.BUTTON: _button,
    BlockKind.PRODUCTS: _products,
    BlockKind.BASKET: _basket,
    BlockKind.ORDER: _order,
    BlockKind.STORE: _store,
    BlockKind.PROMO_CODE: _promo_code,
    BlockKind.REVIEW: _review,
    BlockKind.BOXES: _boxes,
    BlockKind.FACTS: _facts,
    BlockKind.QUOTE: _quote,
    BlockKind.SOCIAL: _social,
    BlockKind.GAP: _gap,
}
