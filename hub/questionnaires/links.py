"""Addresses of questionnaires: who is asked, which open link it is, and which response is being filled in.

- `/q/<token>`: the first page. The token is a letter (`i` an invitation, `l` an open link) and the id in base 36, then
  26 letters of an HMAC of it (128 bits). Nothing is kept for it, looking at it writes nothing.
- `/q/r/<ticket>`, `/q/r/<ticket>/<page key>`: one response. The ticket is the response's key (128 random bits, hex); who
  has it may go on. In anonymous mode it carries the invitation too, hidden from everybody but us: the response says
  nothing of who it is from, and when it is sent the invitation is marked as answered, once.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest

from hub.core import signing, site
from hub.core.errors import NotFound
from hub.core.text import N_

PURPOSE = "questionnaire"
PAD, PROOF = "questionnaire-pad", "questionnaire-proof"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SIZE_BYTES = 16
ID_BYTES = 8
KEY_LETTERS, PASS_LETTERS = 32, 48
LONGEST = 48
BAD_LINK = N_("This link is not complete. Please open it again from the message.")


class Way(StrEnum):
    """How somebody comes to a questionnaire; the letter begins the token."""

    INVITATION = "i"
    OPEN = "l"


@dataclass(frozen=True)
class Ticket:
    """`invitation_id`: in anonymous mode, of whom the invitation is to be marked."""

    key: str
    invitation_id: int | None = None


def invitation_token(invitation_id: int) -> str:
    return _token(Way.INVITATION, invitation_id)


def open_link_token(link_id: int) -> str:
    return _token(Way.OPEN, link_id)


def address_of(token: str) -> str:
    """For letters, posters and frames."""
    return f"{site.base_url()}/q/{token}"


def read_token(token: str) -> tuple[Way, int]:
    """Raises NotFound for a token that we did not write."""
    head, _, seal = token.lower().partition("-")
    if len(token) > LONGEST or not signing.is_code(PURPOSE, head, seal, size_bytes=SIZE_BYTES):
        raise NotFound(BAD_LINK)
    return Way(head[0]), int(head[1:], 36)


def new_key() -> str:
    return secrets.token_hex(KEY_LETTERS // 2)


def write_ticket(ticket: Ticket) -> str:
    """The invitation is masked by a pad of the key, which is used for nothing else and never twice."""
    if ticket.invitation_id is None:
        return ticket.key
    masked = _mask(ticket.key, ticket.invitation_id.to_bytes(ID_BYTES, "big"))
    return f"{ticket.key}-{masked.hex()}{_proof(ticket.key, ticket.invitation_id).hex()}"


def read_ticket(text: str) -> Ticket:
    """Raises NotFound for what is no ticket of ours."""
    key, has_pass, rest = text.lower().partition("-")
    if not _is_hex(key, KEY_LETTERS) or bool(has_pass) != bool(rest):
        raise NotFound(BAD_LINK)
    if not has_pass:
        return Ticket(key)
    if not _is_hex(rest, PASS_LETTERS):
        raise NotFound(BAD_LINK)
    raw = bytes.fromhex(rest)
    invitation_id = int.from_bytes(_mask(key, raw[:ID_BYTES]), "big")
    if not compare_digest(raw[ID_BYTES:], _proof(key, invitation_id)):
        raise NotFound(BAD_LINK)
    return Ticket(key, invitation_id)


def _token(way: Way, number: int) -> str:
    head = f"{way}{_base36(number)}"
    return f"{head}-{signing.code(PURPOSE, head, size_bytes=SIZE_BYTES)}"


def _mask(key: str, data: bytes) -> bytes:
    pad = signing.mac(PAD, key, size_bytes=ID_BYTES)
    return bytes(left ^ right for left, right in zip(data, pad, strict=True))


def _proof(key: str, invitation_id: int) -> bytes:
    return signing.mac(PROOF, f"{key}:{invitation_id}", size_bytes=SIZE_BYTES)


def _is_hex(text: str, letters: int) -> bool:
    return len(text) == letters and set(text) <= set("0123456789abcdef")


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = ALPHABET[rest] + digits
    return digits or "0"
