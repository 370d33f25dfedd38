"""Address headers to mailboxes, and headers of message ids to ids; the structure is read before decoding."""

import re

from hub.channels.mail_parsing.facts import MailAddress
from hub.channels.mail_parsing.header_text import decode_header, decode_words, unfold

MAX_ADDRESSES = 200
MAX_NAME_CHARS = 2_000
MAX_REFERENCES = 100
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"?|<[^<>]*>?|\([^()]*\)?|[,;:]|[^\s"<>(),;:]+|\s+|.', re.DOTALL)
_BARE = re.compile(r"[^\s<>()\",;:]+@[^\s<>()\",;:]+")
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_UNESCAPE = re.compile(r"\\(.)", re.DOTALL)


def parse_addresses(value: str) -> list[MailAddress]:
    """Mailboxes of From, To, Cc or Reply-To; an entry without "@" is kept with an empty address."""
    line = unfold(value)
    found = _split_mailboxes(line)
    if "=?" in line and not any(box.address for box in found):
        found = _split_mailboxes(decode_words(line)) or found
    return found[:MAX_ADDRESSES]


def _split_mailboxes(line: str) -> list[MailAddress]:
    boxes: list[MailAddress] = []
    words: list[str] = []
    for piece in _PIECE.findall(line):
        if piece in {",", ";"}:
            _add_mailbox(boxes, words)
            words = []
        elif piece == ":" and not any(word.startswith("<") for word in words):
            words = []  # the name of a group
        else:
            words.append(piece)
        if len(boxes) > MAX_ADDRESSES:
            break
    _add_mailbox(boxes, words)
    return boxes


def _add_mailbox(boxes: list[MailAddress], words: list[str]) -> None:
    angles = [word for word in words if word.startswith("<")]
    comments = [word.strip("()") for word in words if word.startswith("(")]
    phrase = "".join(_phrase_word(word) for word in words if word[0] not in "<(").strip()
    address = next((_clean_address(word) for word in reversed(angles) if "@" in word), "")
    if not address:
        bare = _BARE.search(phrase)
        if bare:
            address = _clean_address(bare[0])
            phrase = phrase.replace(bare[0], "", 1).strip()
    name = decode_header((phrase or " ".join(comments))[:MAX_NAME_CHARS]).strip().strip("\"'").strip()
    if name or address:
        boxes.append(MailAddress(name=name, address=address))


def _phrase_word(word: str) -> str:
    if not word.startswith('"'):
        return word
    inner = word[1:-1] if len(word) > 1 and word.endswith('"') else word[1:]
    return _UNESCAPE.sub(r"\1", inner)


def _clean_address(word: str) -> str:
    text = "".join(_CONTROL.sub("", word).strip("<>").split()).strip("'\"")
    if text.startswith("@") and ":" in text:
        text = text.partition(":")[2]
    text = text.removeprefix("mailto:")
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{domain.lower()}"[:320] if local and domain else ""


def parse_return_path(value: str) -> str:
    """Address of a Return-Path header; "" is the null sender, also when written MAILER-DAEMON."""
    bare = _BARE.search(unfold(value).replace("<", " ").replace(">", " "))
    return _clean_address(bare[0]) if bare else ""


def parse_message_ids(value: str) -> tuple[str, ...]:
    """Ids of Message-ID, In-Reply-To or References, in order, each once, always in angle brackets."""
    line = unfold(value)
    found = _MESSAGE_ID.findall(line) or [word for word in line.split() if "@" in word]
    unique = dict.fromkeys(f"<{word.strip('<>')[:500]}>" for word in found)
    return tuple(unique)[-MAX_REFERENCES:]
