"""Turns the sources of a mail (blocks, texts) into frozen HTML and plain text that still hold tokens."""

import hashlib
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any, cast

import css_inline
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from markupsafe import Markup
from mjml import mjml2html

from hub.content.catalog import SOURCES, BuiltinMail, read_toml

_SECTION = re.compile(r"\[\[([?!/])([a-z0-9_|]+)\]\]")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
# Where French type does not break a line; one wide space, which every mail program can draw.
_NO_BREAK = re.compile(r"(?<=«) | (?=[:;?!»])|(?<=\bn°) ")
_VARIABLE = re.compile(r"[a-z][a-z0-9_]*")
_WORDS = {"?": "if", "!": "unless", "/": "end"}
_SIGNS = {word: sign for sign, word in _WORDS.items()}
_MARK = re.compile(r"<!--(if|unless|end) ([a-z0-9_|]+)-->")
_MSO_RESETS = re.compile(r"(?:border-collapse: collapse;)?mso-table-lspace: 0pt;mso-table-rspace: 0pt;?\s*")
_EMPTY_STYLE = re.compile(r' style=""')
_LINE_STARTS = re.compile(
    r'(?=<(?:(?:table|tr|h1|h2)\b|!--\[if mso \| IE\]><table|a href="[^"]*" style="display:inline-b))'
)
_LABEL = re.compile(r' aria-label="[^"]*" aria-roledescription="email" role="article"')
_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A mail in one language before any value is known; `source` and its hash say when it has changed."""

    subject: str
    html: str
    text: str
    source: str
    source_hash: str
    sms_text: str = ""


@cache
def compile_builtin(mail: BuiltinMail) -> Compiled:
    """Compile one delivered mail. Raises ValueError when MJML refuses the source."""
    mjml, subject = _expand(mail, "mjml")
    text, _ = _expand(mail, "text")
    sms_text = to_sms(read_toml(SOURCES / mail.key / f"{mail.language}.toml").get("sms", ""))
    told = [subject, mjml, text, sms_text, repr(mail.variables), mail.purpose]
    return Compiled(
        subject=subject,
        html=to_html(mjml),
        text=tidy(text),
        source=mjml,
        source_hash=hashlib.sha256("\x00".join(told).encode()).hexdigest(),
        sms_text=sms_text,
    )


def to_sms(text: str) -> str:
    """Return the SMS with its sections: plain spaces, no emphasis, nothing that costs a segment by itself."""
    return _to_sections(_STRONG.sub(r"\1", text)).strip()


def to_words(compiled: str) -> str:
    """Return the author's words of a compiled subject or SMS: sections as they are typed."""
    return _MARK.sub(lambda found: f"[[{_SIGNS[found[1]]}{found[2]}]]", compiled)


def to_html(mjml: str) -> str:
    """Compile MJML to one HTML document whose styles are all inline, in lines that SMTP can carry."""
    document = _INLINER.inline(mjml2html(mjml))
    for noise in (_LABEL, _MSO_RESETS, _EMPTY_STYLE):
        document = noise.sub("", document)
    return _LINE_STARTS.sub("\n", document)


def _expand(mail: BuiltinMail, form: str) -> tuple[str, str]:
    """Return the blocks of a mail in one form ("mjml" or "text"), and its subject."""
    blocks = environment(form)
    texts = read_toml(SOURCES / mail.key / f"{mail.language}.toml")
    common = read_toml(SOURCES / f"common.{mail.language}.toml")
    context: dict[str, Any] = {
        "ui": blocks.get_template(f"_{form}.j2").make_module({"colon": common["colon"]}),
        "t": texts,
        "common": common,
        "language": mail.language,
        "has_unsubscribe": mail.has_unsubscribe,
    }
    body = blocks.get_template(f"{mail.key}/mail.j2").render(context)
    return body, str(to_plain(texts["subject"]))


class _Shelf(BytecodeCache):
    """Compiled sources, kept in the process: every form runs the same ones, and compiling costs more than running."""

    def __init__(self) -> None:
        self._kept: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = cast(CodeType, bucket.code)


_SHELF = _Shelf()


def new_environment(words: Callable[[str], str], address: Callable[[str], str] = str) -> Environment:
    """Return an environment for the sources of the mails; its filters `words` and `address` write in one form.

    They ask for the context so that no form's answer is compiled into the sources, which all forms share.
    """
    blocks = Environment(
        loader=FileSystemLoader(SOURCES),
        undefined=StrictUndefined,
        autoescape=True,
        bytecode_cache=_SHELF,
    )
    blocks.filters["words"] = pass_context(lambda _context, text: words(text))
    blocks.filters["address"] = pass_context(lambda _context, link: address(link))
    return blocks


@cache
def environment(form: str) -> Environment:
    """Return the environment whose filters write texts and links in this form ("mjml" or "text")."""
    if form == "mjml":
        return new_environment(_to_markup, to_address)
    return new_environment(to_plain, _to_plain_address)


def to_address(link: str) -> str:
    """Return the mark of a link that is a variable; a web address stays as it is (and is escaped like any text)."""
    return f"[[{link}]]" if _VARIABLE.fullmatch(link) else link


def _to_plain_address(link: str) -> Markup:
    return Markup(to_address(link))  # noqa: S704 - plain text, never read as HTML


def _to_markup(text: str) -> Markup:
    """Escape a text for MJML; `**x**` is strong, `[[?x]]…[[/x]]` and `[[!x]]…[[/x]]` are sections."""
    strong = _STRONG.sub(r"<strong>\1</strong>", html.escape(text, quote=False))
    return Markup(_to_sections(_typeset(strong)))  # noqa: S704 - escaped on the line above


def to_plain(text: str) -> Markup:
    """Return a text without its marks of emphasis, for the plain-text form, where nothing is escaped."""
    return Markup(_to_sections(_typeset(_STRONG.sub(r"\1", text))))  # noqa: S704 - plain text, never read as HTML


def _typeset(text: str) -> str:
    return _NO_BREAK.sub("\u00a0", text)


def _to_sections(text: str) -> str:
    return _SECTION.sub(lambda found: f"<!--{_WORDS[found[1]]} {found[2]}-->", text)


def tidy(text: str) -> str:
    """Return the plain text with at most one blank line in a row and none at the ends."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
