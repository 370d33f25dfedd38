"""Fills a compiled mail with values: escaped, complete or refused, and fast."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from hub.channels.sms_text import replace_forcing
from hub.content.words import VariableKind
from hub.core.errors import Invalid
from hub.core.text import N_

MARK = re.compile(r"<!--(if|unless|end) ([a-z0-9_|]+)-->|\[\[([a-z0-9_]+)\]\]")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t\n]+")
_NOT_IN_LINKS = re.compile(r"""[\s<>"'`\\{}|^\x00-\x20]""")
_LONGEST_LINK = 2000
_PLAIN_LINK = re.compile(r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*(?:[/?#]|$)")
_LINKS = frozenset({VariableKind.LINK, VariableKind.ACT})


class MissingValue(Invalid):
    """A required value is missing: the mail must not leave."""

    def __init__(self, variable: str) -> None:
        super().__init__(N_("The value %(variable)s is missing."), field=variable, variable=variable)
        self.variable = variable


class UnsafeLink(Invalid):
    """A link that is not an absolute http(s) address: the mail must not leave."""

    def __init__(self, variable: str) -> None:
        super().__init__(
            N_("The link %(variable)s is not a complete web address."), field=variable, variable=variable
        )
        self.variable = variable


class BadTemplate(Invalid):
    """A template that cannot be filled safely: unknown variable, unclosed section, possible hole."""

    def __init__(self, problem: str, *, variable: str = "") -> None:
        super().__init__(N_("The template cannot be used: %(problem)s"), problem=problem)
        self.variable = variable


class Spec(NamedTuple):
    """What a template version knows of one variable."""

    name: str
    kind: VariableKind
    is_required: bool
    fallback: str


class Slot(NamedTuple):
    """The place of one value."""

    name: str


class Section(NamedTuple):
    """A part kept when any of `names` has a value (or, with `is_inverted`, when none has)."""

    names: tuple[str, ...]
    is_inverted: bool
    parts: tuple["Part", ...]


Part = str | Slot | Section
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class PreparedTemplate:
    """One frozen template version, ready to be filled many times. `id` is that of the version's row."""

    id: int
    key: str
    language: str
    purpose: str
    automatic: str
    specs: tuple[Spec, ...]
    subject: Parts
    html: Parts
    text: Parts
    sms_text: Parts = ()


class Rendered(NamedTuple):
    """A message as it leaves: one-line subject, HTML document, plain text, and the SMS ("" when there is none)."""

    subject: str
    html: str
    text: str
    sms_text: str = ""


def prepare(
    *,
    version_id: int,
    key: str,
    language: str,
    purpose: str,
    automatic: str,
    specs: tuple[Spec, ...],
    subject: str,
    html_source: str,
    text_source: str,
    sms_source: str = "",
) -> PreparedTemplate:
    """Cut the compiled sources into literals, slots and sections. Raises BadTemplate."""
    known = {spec.name: spec for spec in specs}
    sources = (subject, html_source, text_source, sms_source)
    subject_parts, html_parts, text_parts, sms_parts = (_parse(source) for source in sources)
    for parts in (subject_parts, html_parts, text_parts, sms_parts):
        _check(parts, known, frozenset())
    return PreparedTemplate(
        id=version_id,
        key=key,
        language=language,
        purpose=purpose,
        automatic=automatic,
        specs=specs,
        subject=subject_parts,
        html=html_parts,
        text=text_parts,
        sms_text=sms_parts,
    )


def render(
    template: PreparedTemplate, values: Mapping[str, str], *, is_copy: bool = False, has_sms: bool = True
) -> Rendered:
    """Fill a template. With `is_copy`, links that act in the receiver's name are dead (`#`).

    Without `has_sms` the SMS stays empty: mails that leave by the thousand need none.

    Raises MissingValue or UnsafeLink, both naming the variable. Unknown values are ignored.
    """
    plain: dict[str, str] = {}
    marked: dict[str, str] = {}
    for spec in template.specs:
        value = _clean(spec, values.get(spec.name) or "", is_copy=is_copy)
        if value:
            plain[spec.name] = _as_quote(value) if spec.kind is VariableKind.QUOTE else value
            marked[spec.name] = html.escape(value).replace("\n", "<br>\n")
    return Rendered(
        subject=_SPACES.sub(" ", _fill(template.subject, plain)).strip(),
        html=_fill(template.html, marked),
        text=_BLANK_LINES.sub("\n\n", _fill(template.text, plain)),
        sms_text=_fill_sms(template.sms_text, plain) if has_sms and template.sms_text else "",
    )


def _fill_sms(parts: Parts, plain: dict[str, str]) -> str:
    """Return the SMS; values lose what would make it dear (“’”, “ê”), the author's own words stay as written."""
    filled = _fill(parts, {name: replace_forcing(value) for name, value in plain.items()})
    lines = (" ".join(line.split()) for line in filled.split("\n"))
    return "\n".join(line for line in lines if line)


def _clean(spec: Spec, raw: str, *, is_copy: bool) -> str:
    """Return the value as it may be shown, its fallback, or "" for a missing optional one."""
    value = raw
    if not value.isprintable():
        value = _UNSEEN.sub("", _BREAKS.sub("\n", value))
    if spec.kind is VariableKind.TEXT and ("\n" in value or "\t" in value):
        value = _SPACES.sub(" ", value)
    value = value.strip() or spec.fallback
    if not value:
        if spec.is_required:
            raise MissingValue(spec.name)
        return ""
    if spec.kind in _LINKS:
        if not is_safe_link(value):
            raise UnsafeLink(spec.name)
        return "#" if is_copy and spec.kind is VariableKind.ACT else value
    return value


def is_safe_link(address: str) -> bool:
    """Whether this is an absolute http(s) address that cannot leave its attribute or its line."""
    if len(address) > _LONGEST_LINK or _NOT_IN_LINKS.search(address):
        return False
    if _PLAIN_LINK.match(address):
        return True  # nearly all of them, without taking the address apart
    try:
        parts = urlsplit(address)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and port_is_fine
    )


def _as_quote(value: str) -> str:
    """Return the plain-text form of quoted words."""
    return "\n".join(f"> {line}".rstrip() for line in value.split("\n"))


def _fill(parts: Parts, values: dict[str, str]) -> str:
    """Return the parts with their values; sections are kept or dropped."""
    out: list[str] = []
    _collect(parts, values, out)
    return "".join(out)


def _collect(parts: Parts, values: dict[str, str], out: list[str]) -> None:
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, Slot):
            out.append(values[part.name])
        elif any(name in values for name in part.names) is not part.is_inverted:
            _collect(part.parts, values, out)


def _parse(source: str) -> Parts:
    """Return the parts of one compiled source. Raises BadTemplate on sections that do not match."""
    frames: list[tuple[str, str, list[Part]]] = [("", "", [])]
    end = 0
    for found in MARK.finditer(source):
        if literal := source[end : found.start()]:
            frames[-1][2].append(literal)
        end = found.end()
        word, names, slot = found.groups()
        if slot:
            frames[-1][2].append(Slot(slot))
        elif word != "end":
            frames.append((word, names, []))
        else:
            _close(frames, names)
    if len(frames) > 1:
        raise BadTemplate(f"section {frames[-1][1]} is not closed")
    if literal := source[end:]:
        frames[0][2].append(literal)
    return tuple(frames[0][2])


def _close(frames: list[tuple[str, str, list[Part]]], names: str) -> None:
    """Turn the innermost open section into a part of the one around it."""
    word, opened, parts = frames.pop()
    if opened != names or not frames:
        raise BadTemplate(f"section {names} is closed but not open")
    frames[-1][2].append(Section(tuple(names.split("|")), word == "unless", tuple(parts)))


def _check(parts: Parts, known: Mapping[str, Spec], present: frozenset[str]) -> None:
    """Refuse unknown variables and slots that could stay empty. `present` have a value here for certain."""
    for part in parts:
        if isinstance(part, Section):
            for name in part.names:
                _known(name, known)
            sure = present if part.is_inverted or len(part.names) > 1 else present | {part.names[0]}
            _check(part.parts, known, sure)
        elif isinstance(part, Slot):
            spec = _known(part.name, known)
            if not (spec.is_required or spec.fallback or spec.name in present):
                problem = f"{spec.name} may be missing: give it a fallback or its own section"
                raise BadTemplate(problem, variable=spec.name)


def _known(name: str, known: Mapping[str, Spec]) -> Spec:
    """Return the variable of that name. Raises BadTemplate."""
    if name not in known:
        raise BadTemplate(f"unknown variable {name}")
    return known[name]
