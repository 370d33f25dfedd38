"""Markdown of an article as safe HTML, and as plain text for a mail. HTML in the source is shown, never obeyed.

Images are shown from our own address only: another place would learn who reads.
"""

import re
from functools import cache, lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from hub.core import site

TAGS = {
    "p",
    "br",
    "strong",
    "em",
    "ul",
    "ol",
    "li",
    "h2",
    "h3",
    "h4",
    "a",
    "blockquote",
    "code",
    "pre",
    "hr",
    "img",
}
TABLE = {"table", "thead", "tbody", "tr", "th", "td"}
LOWER = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}  # the page has the only h1
SCHEMES = {"http", "https", "mailto", "tel"}
LINE_ENDS = re.compile(r"(?:</(?:li|tr)>|<br>|<hr>)\n?|</(?:p|h\d|blockquote|pre|ul|ol|table)>")
ANY_TAG = re.compile(r"<[^>]+>")
OWN_IMAGE = re.compile(r"/help/files/[0-9]{1,18}/[^/?#\\]+")
OWN_FILE = re.compile(r"/help/files/([0-9]{1,18})/")
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")


@lru_cache(maxsize=500)
def to_html(source: str, gone: frozenset[int] = frozenset()) -> str:
    """The article as HTML that carries no script, style, foreign image or foreign attribute.

    `gone`: files of ours that are not there any more; their pictures are left out, their links are plain words.
    """
    reader = _reader()
    tokens = reader.parse(source)
    for token in tokens:
        _lower(token)
        if token.children:
            there = _without(token.children, gone) if gone else token.children
            token.children = [each for child in there for each in _own_images(child)]
    html = reader.renderer.render(tokens, reader.options, {})
    return nh3.clean(
        html,
        tags=TAGS | TABLE,
        attributes={"a": {"href"}, "img": {"src", "alt", "loading"}},
        url_schemes=SCHEMES,
        link_rel="noopener",
    )


def to_text(source: str) -> str:
    """The article as a mail in plain text would say it; a link keeps its address behind its words."""
    html = LINK.sub(_link_words, to_html(source))
    html = html.replace("<li>", "- ").replace("</td>", "  ").replace("</th>", "  ")
    lines = unescape(ANY_TAG.sub("", LINE_ENDS.sub("\n", html))).splitlines()
    text = "\n".join(line.strip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _link_words(found: re.Match[str]) -> str:
    address, words = found[1], found[2]
    if address.startswith("/"):
        address = site.base_url() + address
    return words if unescape(address).removeprefix("mailto:") == unescape(words) else f"{words} ({address})"


def _without(tokens: list[Token], gone: frozenset[int]) -> list[Token]:
    kept: list[Token] = []
    is_cut = False
    for token in tokens:
        found = OWN_FILE.match(str(token.attrs.get("src") or token.attrs.get("href") or ""))
        is_gone = found is not None and int(found[1]) in gone
        is_cut = is_gone if token.type == "link_open" else is_cut
        if not is_gone and not (is_cut and token.type == "link_close"):
            kept.append(token)
    return kept


def _own_images(token: Token) -> list[Token]:
    """An image of somewhere else becomes a link to it."""
    if token.type != "image":
        return [token]
    address = str(token.attrs.get("src", ""))
    if OWN_IMAGE.fullmatch(address):
        token.attrs["loading"] = "lazy"
        return [token]
    words = Token("text", "", 0, content=token.content or address)
    return [Token("link_open", "a", 1, attrs={"href": address}), words, Token("link_close", "a", -1)]


def _lower(token: Token) -> None:
    if token.type in {"heading_open", "heading_close"}:
        token.tag = LOWER[token.tag]
