"""HTML of a mail made safe to show: no script, no form, remote images blocked until asked for."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from html import unescape
from urllib.parse import unquote

import nh3

_TAGS = {
    "a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del",
    "div", "dl", "dt", "em", "figure", "figcaption", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"align", "dir", "lang", "title", "valign", "width", "height"},
    "a": {"href"},
    "img": {"src", "alt", "data-blocked-src"},
    "td": {"colspan", "rowspan", "bgcolor"},
    "th": {"colspan", "rowspan", "bgcolor"},
    "table": {"border", "cellpadding", "cellspacing", "bgcolor"},
    "font": {"color", "size", "face"},
    "ol": {"start", "type"},
}
MAX_CHARS = 2_000_000
MAX_DEPTH = 500
MAX_ENTITIES = 200_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset(
    {
        "br",
        "hr",
        "img",
        "meta",
        "link",
        "input",
        "col",
        "area",
        "base",
        "wbr",
        "source",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "option",
    }
)
_BLOCKED = re.compile(r"\ssrc=\"blocked:([^\"]*)\"")
_STORED_CID = re.compile(r" src=\"cid:([^\"]*)\"")
_STORED_REMOTE = re.compile(r" data-blocked-src=\"(?=https?:|//)")
_CID = re.compile(r"\Acid:<?([^>]+)>?\Z", re.IGNORECASE)
_REMOTE = re.compile(r"\A(?:https?:)?//", re.IGNORECASE)


def sanitise_html(html: str, *, inline_urls: Mapping[str, str], show_remote_images: bool = False) -> str:
    """Safe HTML for a sandboxed frame.

    `inline_urls` maps a Content-ID (no brackets) to the address the picture is served from. A remote picture
    keeps its address in `data-blocked-src` and loads nothing unless `show_remote_images`. Styles, classes, forms,
    scripts, SVG and every scheme but http, https, mailto and tel are dropped. A layout that is too large or nested too
    deep, as only mails are that mean harm, is "": its text is read all the same.
    """
    if len(html) > MAX_CHARS or html.count("&") > MAX_ENTITIES or _depth(html) > MAX_DEPTH:
        return ""
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "noscript", "template", "svg", "math"},
        attributes=_ATTRIBUTES,
        attribute_filter=_source_filter(inline_urls, show_remote_images=show_remote_images),
        url_schemes={"http", "https", "mailto", "tel", "cid", "blocked"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return _BLOCKED.sub(r' data-blocked-src="\1"', cleaned)


def show_html(stored: str, *, inline: Mapping[str, str], show_remote_images: bool) -> str:
    """What `sanitise_html` made, for the frame: pictures inside the mail by the `data:` addresses of `inline`.

    A Content-ID that `inline` does not know shows nothing; remote pictures load only when they were asked for.
    """
    shown = _STORED_CID.sub(lambda found: f' src="{inline.get(unescape(found[1]), "")}"', stored)
    return _STORED_REMOTE.sub(' src="', shown) if show_remote_images else shown


def has_blocked_images(stored: str) -> bool:
    """Whether HTML that `sanitise_html` made holds pictures of other servers."""
    return _STORED_REMOTE.search(stored) is not None


def has_remote_images(html: str) -> bool:
    """Whether showing the mail as its sender wished would call another server for pictures."""
    return "data-blocked-src=" in sanitise_html(html, inline_urls={})


def _depth(html: str) -> int:
    """How deep the elements stand in each other at most, elements that need no end left out."""
    is_open: Counter[str] = Counter()
    depth = deepest = 0
    for found in _TAG.finditer(html):
        name = found[2].lower()
        if name in _VOID:
            continue
        if not found[1]:
            is_open[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif is_open[name]:
            is_open[name] -= 1
            depth -= 1
    return deepest


def _source_filter(
    inline_urls: Mapping[str, str], *, show_remote_images: bool
) -> Callable[[str, str, str], str | None]:
    def choose(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "data-blocked-src":
            return None
        if attribute == "href" and value.strip().lower().startswith(("cid:", "blocked:")):
            return None
        if tag != "img" or attribute != "src":
            return value
        content_id = _CID.match(value.strip())
        if content_id:
            return inline_urls.get(content_id[1]) or inline_urls.get(unquote(content_id[1]))
        if not _REMOTE.match(value.strip()):
            return None
        return value if show_remote_images else f"blocked:{value.strip()}"

    return choose
