"""Twilio's own client over a base URL of ours, and its answers as the three ways to fail."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError

from hub.channels.base import ChannelError, PermanentFailure, Scope, TemporaryFailure, UnknownOutcome
from hub.channels.twilio_errors import Fault, fault_of
from hub.channels.twilio_settings import ContentTemplate

API_URL = "https://api.twilio.com"
STATUS_PATH = "/hooks/twilio/status/"
MICROS = 1_000_000
_NOT_SENT = (NewConnectionError, NameResolutionError, ConnectTimeoutError)
_GATEWAY_SILENT = frozenset({502, 504})
_TOO_MANY = 429
_SERVER_ERROR = 500
_UNAVAILABLE = "20503"
_STRANGER = 401
_CLOSED = frozenset({403, 404})


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """The account. `username` and `password` log in: the account and its token, or an API key and its secret.

    `auth_token` also checks the signatures of callbacks. `public_url` is where Twilio reaches us, without a trailing
    slash. `prices`: expected price of a segment by the beginning of the number ("+33"), in `currency`, until Twilio
    tells its own. `contents`: approved WhatsApp templates by our template's key and language. `stop_mentions`, by language, end each
    advertising SMS that does not say STOP itself. `media_stores` ("https://host") are further places that Twilio's
    address of a picture or recording may lead on to, besides those Twilio documents.
    """

    account_sid: str
    username: str
    password: str
    auth_token: str
    public_url: str
    messaging_service_sid: str = ""
    sms_from: str = ""
    whatsapp_from: str = ""
    api_url: str = API_URL
    timeout_seconds: float = 20.0
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    currency: str = "EUR"
    contents: Mapping[tuple[str, str], ContentTemplate] = field(default_factory=dict)
    stop_mentions: Mapping[str, str] = field(default_factory=dict)
    media_stores: frozenset[str] = frozenset()

    @property
    def can_send_sms(self) -> bool:
        return bool(self.messaging_service_sid or self.sms_from)

    @property
    def can_send_whatsapp(self) -> bool:
        return bool(self.whatsapp_from)


class _HttpClient(TwilioHttpClient):
    """Twilio's client of one batch: one session, no repeated request, the host of `api_url` instead of Twilio's."""

    def __init__(self, api_url: str, timeout_seconds: float) -> None:
        super().__init__(timeout=timeout_seconds, max_retries=0)
        self._base = urlsplit(api_url)
        self.retry_after_seconds = 0.0

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        moved = self._move(url)
        answer = super().request(method, moved, params, data, headers, auth, timeout, allow_redirects)
        self.retry_after_seconds = _seconds(answer.headers)
        return answer

    def _move(self, url: str) -> str:
        asked = urlsplit(url)
        path = self._base.path.rstrip("/") + asked.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))


def _seconds(headers: Any) -> float:
    text = str((headers or {}).get("Retry-After", ""))
    return float(text) if text.isdecimal() else 1.0


@dataclass(frozen=True, slots=True)
class Known:
    """A message as Twilio's list shows it; `sent_at` is when Twilio made it."""

    reference: str
    status: str
    error_code: int | None
    recipient: str
    body: str
    sent_at: datetime
    segment_count: int
    price_micros: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call as Twilio shows it, with the statuses of its legs to telephones that were dialled."""

    status: str
    legs: tuple[str, ...]


class TwilioAccount:
    """One connection to one account, for a batch of messages."""

    def __init__(self, settings: TwilioSettings, *, machine_now: Callable[[], datetime]) -> None:
        self.settings = settings
        self._machine_now = machine_now
        self._http = _HttpClient(settings.api_url, settings.timeout_seconds)
        self._quiet_until: datetime | None = None
        made: Any = Client  # it has no types
        self._client = made(
            settings.username,
            settings.password,
            account_sid=settings.account_sid,
            http_client=self._http,
            environment={"": ""},  # not the process's: an empty mapping would be read as "none given"
        )

    def close(self) -> None:
        if self._http.session is not None:
            self._http.session.close()

    @staticmethod
    def address_of(channel: str, phone: str | None) -> str:
        """A phone as Twilio names it on a channel."""
        return f"whatsapp:{phone}" if channel == "whatsapp" else phone or ""

    def create(self, **fields: Any) -> Any:
        """Hand a message over (fields of Twilio's Messages resource). Raises the three failures."""
        if self._quiet_until is not None and self._machine_now() < self._quiet_until:
            raise TemporaryFailure("Twilio asked to slow down", code=str(_TOO_MANY))
        with self._answers():
            return self._client.messages.create(**fields)

    def list_sent(self, recipient: str, *, limit: int = 50) -> list[Known]:
        """The latest messages to a recipient, newest first; raises TemporaryFailure when it cannot ask.

        Not narrowed by DateSent: what is still queued has none.
        """
        try:
            with self._answers():
                found = self._client.messages.list(to=recipient, limit=limit)
        except (UnknownOutcome, PermanentFailure) as error:
            raise TemporaryFailure(error.reason, code=error.code) from error
        return [_known(each) for each in found if str(each.direction).startswith("outbound")]

    def find_call(self, sid: str) -> KnownCall:
        """One call and its legs. Raises the three failures."""
        with self._answers():
            call = self._client.calls(sid).fetch()
            legs = self._client.calls.list(parent_call_sid=sid, limit=5)
        return KnownCall(str(call.status), tuple(str(leg.status) for leg in legs))

    @contextmanager
    def _answers(self) -> Iterator[None]:
        try:
            yield
        except TwilioRestException as error:
            if error.status == _TOO_MANY:
                wait = timedelta(seconds=self._http.retry_after_seconds)
                self._quiet_until = self._machine_now() + wait
            raise failure_of(error.status, error.code, str(error.msg)) from error
        except TwilioServiceException as error:
            raise failure_of(error.status, error.code, error.detail or error.title) from error
        except requests.RequestException as error:
            raise _failure_of_line(error) from error
        except (TwilioException, ValueError, KeyError, AttributeError) as error:
            raise UnknownOutcome(f"Twilio's answer cannot be read: {error}"[:300]) from error


def failure_of(status: int, code: int | str | None, words: str) -> ChannelError:
    """The failure of an HTTP answer.

    Behind a server's error the message may have been taken: Twilio says of 20500 that who repeats an SMS after it may
    send it twice (www.twilio.com/docs/api/errors/20500), and 502 and 504 come from a gateway. Only Twilio's own word
    proves that it was not: a code that refuses, or 20503, "temporarily unavailable, try again". A 503 without it may be
    anybody's.
    """
    reason, digits = f"Twilio {code or status}: {words}"[:300], str(code or status)
    fault = fault_of(code)
    is_busy = status == _TOO_MANY or digits == _UNAVAILABLE
    if status in _GATEWAY_SILENT or (status >= _SERVER_ERROR and fault is None and not is_busy):
        return UnknownOutcome(reason, code=digits)
    if is_busy or fault is Fault.SOFT:
        return TemporaryFailure(reason, code=digits)
    return PermanentFailure(reason, scope=_scope_of(status, fault), code=digits)


def _scope_of(status: int, fault: Fault | None) -> Scope:
    """A refusal that nobody explains is about this message, unless it is about who we are or where we call."""
    if fault is Fault.SENDER or status == _STRANGER or (fault is None and status in _CLOSED):
        return "sender"
    return "recipient" if fault in {Fault.HARD, Fault.REFUSED} else "content"


def _failure_of_line(error: requests.RequestException) -> ChannelError:
    """Whether the request can have arrived: a connection that was never made carried nothing."""
    words = f"{type(error).__name__}: {error}"[:300]
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(error, requests.exceptions.SSLError):
        return PermanentFailure(f"TLS: {words}", scope="sender")
    if isinstance(error, requests.ConnectTimeout) or isinstance(reason, _NOT_SENT):
        return TemporaryFailure(f"cannot reach Twilio: {words}", is_ours=True)
    return UnknownOutcome(f"no answer after the message was handed over: {words}")


def price_in_micros(price: str | float | None) -> int | None:
    """Twilio writes a charge as a negative decimal text; None as long as it has not said."""
    try:
        return abs(int(Decimal(str(price)) * MICROS)) if price is not None else None
    except InvalidOperation:
        return None


def _known(message: Any) -> Known:
    return Known(
        reference=str(message.sid),
        status=str(message.status),
        error_code=message.error_code,
        recipient=str(message.to),
        body=str(message.body or ""),
        sent_at=message.date_created,
        segment_count=int(message.num_segments or 0),
        price_micros=price_in_micros(message.price),
        currency=message.price_unit,
    )
