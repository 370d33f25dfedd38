"""Tracked links without a row: a token names the message and proves the one address it leads to. Pure.

The token is the message's uuid and a MAC over uuid and address. Following it, the address is looked for among the links
of the frozen template with the frozen values: what we did not write into that very mail cannot be reached.
"""

import base64
import binascii
import html
import re
from collections.abc import Collection, Iterator, Mapping
from hmac import compare_digest

from hub.content.rendering import Part, PreparedTemplate, Section, Slot
from hub.content.words import VariableKind
from hub.core import signing

LINK, PIXEL, PIXEL_OF_VERSION = "link", "pixel", "pixel-of-version"
UUID_BYTES, MAC_BYTES, CODE_BYTES = 16, 8, 5
TOKEN_CHARS = 32
_HREF = re.compile(r'(<a\b[^>]*?\shref=")(https?://[^"]+)"')
_BARE = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_PIXEL = '<img src="%s" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px">'


def token_of(uuid: str, address: str) -> str:
    """32 characters of the URL-safe base 64."""
    seal = signing.mac(LINK, f"{uuid}|{address}", size_bytes=MAC_BYTES)
    return base64.urlsafe_b64encode(bytes.fromhex(uuid) + seal).decode()


def read_uuid(token: str) -> str | None:
    """The uuid a token names, not yet proven; None when it cannot be one of ours."""
    raw = _raw(token)
    return raw[:UUID_BYTES].hex() if raw else None


def find_link(token: str, addresses: Collection[str]) -> tuple[int, str] | None:
    """Position and address of the link that the token proves, among those of the message."""
    raw = _raw(token)
    if raw is None:
        return None
    uuid, seal = raw[:UUID_BYTES].hex(), raw[UUID_BYTES:]
    for position, address in enumerate(addresses):
        if compare_digest(seal, signing.mac(LINK, f"{uuid}|{address}", size_bytes=MAC_BYTES)):
            return position, address
    return None


def _raw(token: str) -> bytes | None:
    if len(token) != TOKEN_CHARS or not token.isascii():
        return None
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def rewrite(document: str, *, uuid: str, base_url: str, kept: Collection[str]) -> str:
    """The HTML with each link to the outside replaced by its short redirect.

    Our own pages (unsubscribe, preferences, survey boxes, forms) and the addresses in `kept` stay as they are; so does
    whatever is not http(s).
    """
    made: dict[str, str] = {}

    def short(found: re.Match[str]) -> str:
        written = found[2]
        if written not in made:
            address = html.unescape(written)
            is_kept = address in kept or is_own(address, base_url)
            made[written] = written if is_kept else f"{base_url}/l/{token_of(uuid, address)}"
        return f'{found[1]}{made[written]}"'

    return _HREF.sub(short, document)


def rewrite_text(text: str, *, uuid: str, base_url: str, kept: Collection[str]) -> str:
    """An SMS with its links replaced where that does not make it longer."""

    def short(found: re.Match[str]) -> str:
        address = found[0]
        link = f"{base_url}/l/{token_of(uuid, address)}"
        is_kept = address in kept or is_own(address, base_url) or len(link) > len(address)
        return address if is_kept else link

    return _BARE.sub(short, text)


def is_own(address: str, base_url: str) -> bool:
    return address == base_url or address.startswith((f"{base_url}/", f"{base_url}?", f"{base_url}#"))


def acting_addresses(version: PreparedTemplate, values: Mapping[str, str]) -> frozenset[str]:
    """The links of a message that act in the receiver's name: never rewritten."""
    return frozenset(
        (values.get(spec.name) or "").strip() for spec in version.specs if spec.kind is VariableKind.ACT
    )


def list_links(version: PreparedTemplate, values: Mapping[str, str], *, base_url: str) -> list[str]:
    """Every address that may stand behind a tracked link of the message, in the order of the template.

    Sections count whether they are shown or not, so that a position means the same place in every copy.
    """
    return _links(version, values, base_url=base_url, is_whole=True)


def count_links(
    version: PreparedTemplate, values: Mapping[str, str], *, base_url: str, is_phone: bool
) -> int:
    """How many different tracked links the mail, or the message on a phone, shows."""
    return len(_links(version, values, base_url=base_url, is_whole=False, is_phone=is_phone))


def _links(
    version: PreparedTemplate,
    values: Mapping[str, str],
    *,
    base_url: str,
    is_whole: bool,
    is_phone: bool = False,
) -> list[str]:
    filled = {spec.name: (values.get(spec.name) or "").strip() or spec.fallback for spec in version.specs}
    kept = acting_addresses(version, values)
    marked = {name: html.escape(value) for name, value in filled.items() if value}
    document = "".join(_expand(version.html, marked, is_whole=is_whole))
    plain = {name: value for name, value in filled.items() if value}
    words = "".join(_expand(version.sms_text or version.text, plain, is_whole=is_whole))
    found = [] if is_phone else [html.unescape(each[2]) for each in _HREF.finditer(document)]
    found += [each[0] for each in _BARE.finditer(words)] if is_phone or is_whole else []
    return [each for each in dict.fromkeys(found) if each not in kept and not is_own(each, base_url)]


def _expand(parts: tuple[Part, ...], values: Mapping[str, str], *, is_whole: bool) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Slot):
            yield values.get(part.name, "")
        elif isinstance(part, Section) and (
            is_whole or any(name in values for name in part.names) is not part.is_inverted
        ):
            yield from _expand(part.parts, values, is_whole=is_whole)


def add_pixel(document: str, address: str) -> str:
    """The HTML with an invisible picture at its end."""
    head, end, tail = document.rpartition("</body>")
    pixel = _PIXEL % html.escape(address)
    return f"{head}{pixel}{end}{tail}" if end else f"{document}{pixel}"


def pixel_token(uuid: str) -> str:
    """For a receiver who agreed to be measured."""
    seal = signing.mac(PIXEL, uuid, size_bytes=MAC_BYTES)
    return base64.urlsafe_b64encode(bytes.fromhex(uuid) + seal).decode()


def read_pixel(token: str) -> str | None:
    """The uuid of a pixel token of ours."""
    raw = _raw(token)
    if raw is None:
        return None
    uuid = raw[:UUID_BYTES].hex()
    seal = signing.mac(PIXEL, uuid, size_bytes=MAC_BYTES)
    return uuid if compare_digest(seal, raw[UUID_BYTES:]) else None


def version_pixel_token(version_id: int) -> str:
    """For everybody else: it names a template version and nobody."""
    return f"v{version_id}-{signing.code(PIXEL_OF_VERSION, str(version_id), size_bytes=CODE_BYTES)}"


def read_version_pixel(token: str) -> int | None:
    number, _, code = token.removeprefix("v").partition("-")
    if not token.startswith("v") or not (number.isascii() and number.isdigit()):
        return None
    is_ours = signing.is_code(PIXEL_OF_VERSION, number, code, size_bytes=CODE_BYTES)
    return int(number) if is_ours else None
