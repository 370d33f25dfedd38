"""Tokens for mailboxes that take no password: fetched from the provider's token address by one of two grants (RFC 6749)."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from hub.channels.imap import Fault, ImapFault
from hub.channels.webhook_calls import Answer, CallFault, call

TOKEN_SECONDS = 10.0
"""For the whole call of the token address."""
USUAL_LIFE_SECONDS = 3600
LONGEST_LIFE_SECONDS = 86_400
MOST_CHARS = 64_000
OVERLOADED = 429
SERVER_ERRORS = range(500, 600)
AWAY = frozenset(
    {CallFault.UNKNOWN_HOST, CallFault.NO_CONNECTION, CallFault.TIMEOUT, CallFault.BAD_CERTIFICATE}
)


@dataclass(frozen=True)
class Grant:
    """How to come by a token. `refresh_token` "": the application's own (client credentials, RFC 6749, 4.4)."""

    token_url: str
    client_id: str
    client_secret: str
    scope: str
    refresh_token: str = ""
    may_be_private: bool = False


@dataclass(frozen=True)
class Token:
    """`lasts_seconds` from now; `refresh_token` is the one for next time where the provider gave another."""

    value: str
    lasts_seconds: int
    refresh_token: str = ""


def fetch_token(grant: Grant) -> Token:
    """Ask for a token. Raises ImapFault with the provider's words: OAUTH_REFUSED, or OAUTH_AWAY when it may pass."""
    form = {"client_id": grant.client_id, "client_secret": grant.client_secret, "scope": grant.scope}
    if grant.refresh_token:
        form |= {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    else:
        form["grant_type"] = "client_credentials"
    answer = call(
        grant.token_url,
        urlencode({name: value for name, value in form.items() if value}).encode(),
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        may_be_private=grant.may_be_private,
        timeout_seconds=TOKEN_SECONDS,
        most_chars=MOST_CHARS,
    )
    return _read(answer)


def _read(answer: Answer) -> Token:
    if answer.fault in AWAY:
        raise ImapFault(Fault.OAUTH_AWAY, answer.fault)
    said = _json(answer.text)
    value = said.get("access_token")
    if answer.fault is None and isinstance(value, str) and value.isascii() and value.isprintable() and value:
        renewed = said.get("refresh_token")
        return Token(value, _life(said.get("expires_in")), renewed if isinstance(renewed, str) else "")
    is_away = answer.status == OVERLOADED or answer.status in SERVER_ERRORS
    raise ImapFault(Fault.OAUTH_AWAY if is_away else Fault.OAUTH_REFUSED, _words(answer, said))


def _json(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _life(said: object) -> int:
    """Seconds, also where a provider writes them as text."""
    try:
        seconds = int(said) if isinstance(said, int | str) else USUAL_LIFE_SECONDS
    except ValueError:
        return USUAL_LIFE_SECONDS
    return min(max(seconds, 0), LONGEST_LIFE_SECONDS)


def _words(answer: Answer, said: dict[str, Any]) -> str:
    """The provider's words of RFC 6749, 5.2; never what we sent."""
    given = (said.get(name) for name in ("error", "error_description"))
    told = [words for words in given if isinstance(words, str) and words]
    return ": ".join(told) or f"{answer.fault or 'no token in the answer'} ({answer.status or '-'})"
