"""The signed addresses of an outbound message: its uuid, Message-ID, return path and unsubscribe link."""

import re

from hub.core import signing
from hub.core.words import Channel, Purpose

MESSAGE_ID = "message-id"
RETURN_PATH = "return-path"
REPLY_TO = "reply-to"
UNSUBSCRIBE = "unsubscribe"
_OURS = re.compile(r"^<?(?:[br]\+)?([0-9a-f]{32})\.([a-z2-7]{16})(?:@.*)?$")


def uuid_of(key: str) -> str:
    """32 hexadecimal digits, always the same for a key: posting again gives the same Message-ID."""
    return signing.mac("outbound", key, size_bytes=16).hex()


def message_id_of(uuid: str, domain: str) -> str:
    return f"<{uuid}.{signing.code(MESSAGE_ID, uuid)}@{domain}>"


def return_path_of(uuid: str, domain: str) -> str:
    """One return path per message (VERP): a report names the message it is about, whatever it quotes."""
    return f"b+{uuid}.{signing.code(RETURN_PATH, uuid)}@{domain}"


def reply_address_of(uuid: str, domain: str) -> str:
    """Where answers to a message of no store come back to: the answer names the message, whatever it quotes."""
    return f"r+{uuid}.{signing.code(REPLY_TO, uuid)}@{domain}"


def read_reply_address(address: str) -> str | None:
    """The uuid in a reply address of ours; None when it is not one."""
    return _read(address, REPLY_TO)


def reference_of(uuid: str) -> str:
    """What a provider's metadata carries so that its events name our message; `read_return_token` reads it."""
    return f"{uuid}.{signing.code(RETURN_PATH, uuid)}"


def read_return_token(token: str) -> str | None:
    """The uuid in `b+<uuid>.<code>`, `<uuid>.<code>` or a whole return path; None when it is not ours."""
    return _read(token, RETURN_PATH)


def read_message_id(message_id: str) -> str | None:
    """The uuid in one of our Message-IDs; None when it is not ours."""
    return _read(message_id, MESSAGE_ID)


def _read(text: str, purpose: str) -> str | None:
    found = _OURS.match(text.strip().lower())
    if found is None or not signing.is_code(purpose, found[1], found[2]):
        return None
    return found[1]


def unsubscribe_url(base_url: str, *, address: str, channel: Channel, purpose: Purpose) -> str:
    """A link that works for years and needs no row: it says what to stop for which address.

    The page behind it also shows what else the address receives, so it is the preferences link too.
    """
    token = signing.sign(UNSUBSCRIBE, {"a": address, "c": channel.value, "p": purpose.value})
    return f"{base_url}/u/{token}"
