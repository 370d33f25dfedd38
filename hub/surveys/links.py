"""The links of an invitation: a 128-bit HMAC of its id, short enough for any mail client."""

from hmac import compare_digest

from hub.core import signing
from hub.surveys.words import Choice

PURPOSE = "survey-box"
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
SIZE_BYTES = 16
MAX_TOKEN_LENGTH = 45
LONGEST_HEAD = 13
PROOF_LETTERS = 8


def token_of(invitation_id: int) -> str:
    """`<id in base 36>-<26 letters>`: the id finds the row, the HMAC proves that we wrote the link."""
    return f"{_base36(invitation_id)}-{signing.code(PURPOSE, str(invitation_id), size_bytes=SIZE_BYTES)}"


def read_token(token: str) -> int | None:
    """The invitation's id, or None for a token that we did not write."""
    head, _, seal = token.lower().partition("-")
    if len(token) > MAX_TOKEN_LENGTH or not head.isalnum() or not head.isascii():
        return None
    invitation_id = int(head, 36)
    good = signing.is_code(PURPOSE, str(invitation_id), seal, size_bytes=SIZE_BYTES)
    return invitation_id if good and invitation_id < 2**63 else None


def guess_token(token: str) -> int | None:
    """The id that a mangled token was made from: cut short, lengthened or changed towards its end by a probe.

    Eight letters of the seal must be right (40 bits), so that nobody can put probes on an invitation of others.
    """
    head, _, seal = token.lower().partition("-")
    if not (head.isalnum() and head.isascii() and len(head) <= LONGEST_HEAD):
        return None
    invitation_id = int(head, 36)
    expected = signing.code(PURPOSE, str(invitation_id), size_bytes=SIZE_BYTES)
    is_ours = invitation_id < 2**63 and compare_digest(
        seal[:PROOF_LETTERS].encode("utf-8", "replace"), expected[:PROOF_LETTERS].encode()
    )
    return invitation_id if is_ours else None


def box_links(invitation_id: int, base_url: str) -> dict[str, str]:
    """The address of each box, by choice code."""
    token = token_of(invitation_id)
    return {choice.value: f"{base_url}/a/{token}/{choice.value}" for choice in Choice}


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = ALPHABET[rest] + digits
    return digits or "0"
