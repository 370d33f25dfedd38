"""What a page carries and sends back: that a person was shown it, between a second and a day ago."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.core import signing
from hub.core.errors import Gone, Invalid, NotFound
from hub.core.text import N_
from hub.questionnaires.definitions import UNSTORED, Definition
from hub.questionnaires.links import KEY_LETTERS

FIRST, PAGE, KEY = "questionnaire-first", "questionnaire-page", "questionnaire-key"
LONGEST_AGE = timedelta(hours=24)
LONGEST_HIDDEN = 200
PRESS_AGAIN = N_("Please press the button once more.")


@dataclass(frozen=True)
class Opened:
    """Of a first page: the key its response will have, so that a button pressed twice begins one; what the link told."""

    key: str
    hidden: Mapping[str, str]


def sign_first(token: str, definition: Definition, query: Mapping[str, str], *, machine_now: datetime) -> str:
    """`query`: of the address; what the questionnaire names there is carried along."""
    told = {name: _short(query[name]) for name in definition.hidden if query.get(name)}
    page = {"t": token.lower(), "s": secrets.token_hex(8), "h": told, "at": machine_now.timestamp()}
    return signing.sign(FIRST, page)


def read_first(nonce: str, token: str, *, least_seconds: float, machine_now: datetime) -> Opened:
    """Raises Invalid for a page that was sent too fast or too late, or is of another questionnaire."""
    seen = _read(FIRST, nonce, "t", token.lower(), machine_now)
    _check_age(seen, least_seconds, machine_now)
    key = signing.mac(KEY, f"{token.lower()}:{seen['s']}", size_bytes=KEY_LETTERS // 2).hex()
    return Opened(key, seen["h"])


def sign_page(key: str, *, machine_now: datetime) -> str:
    return signing.sign(PAGE, {"k": key, "at": machine_now.timestamp()})


def check_page(nonce: str, key: str, *, least_seconds: float, machine_now: datetime) -> None:
    """Raises Invalid as above."""
    _check_age(_read(PAGE, nonce, "k", key, machine_now), least_seconds, machine_now)


def _read(purpose: str, nonce: str, name: str, wanted: str, machine_now: datetime) -> dict[str, Any]:
    try:
        seen = signing.read(purpose, nonce, now=machine_now)
    except (NotFound, Gone, ValueError):
        raise Invalid(PRESS_AGAIN) from None
    if seen[name] != wanted:
        raise Invalid(PRESS_AGAIN)
    return seen


def _check_age(seen: Mapping[str, Any], least_seconds: float, machine_now: datetime) -> None:
    age = machine_now.timestamp() - seen["at"]
    if not least_seconds <= age <= LONGEST_AGE.total_seconds():
        raise Invalid(PRESS_AGAIN)


def _short(text: str) -> str:
    return text.translate(UNSTORED).strip()[:LONGEST_HIDDEN]
