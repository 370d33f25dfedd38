"""Sends SMS and WhatsApp messages by Twilio's own client."""

import json
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from hub.channels.base import Cost, Envelope, PermanentFailure, Receipt, TemporaryFailure
from hub.channels.sms_text import measure, price_micros
from hub.channels.twilio_client import STATUS_PATH, TwilioAccount, TwilioSettings, price_in_micros

SHORTEST_VALID_SECONDS = 6
LONGEST_VALID_SECONDS = 36_000
"""Twilio takes 1 to 36000 and recommends more than 5 (Messages resource, ValidityPeriod)."""
LONGEST_BODY = 1600


class SmsTransport:
    """One batch over one HTTP session."""

    def __init__(self, settings: TwilioSettings, *, machine_now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._machine_now = machine_now
        self._account: TwilioAccount | None = None

    def __enter__(self) -> Self:
        self._account = TwilioAccount(self._settings, machine_now=self._machine_now)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        account, self._account = self._account, None
        if account is not None:
            account.close()

    def send(self, envelope: Envelope) -> Receipt:
        """Hand one message to Twilio; raises one of the three failures."""
        if self._account is None:
            raise RuntimeError("The transport is used in a with block.")
        if len(envelope.text) > LONGEST_BODY and envelope.content is None:
            raise PermanentFailure(f"longer than {LONGEST_BODY} characters", scope="content", code="21617")
        taken = self._account.create(
            to=self.address(envelope.recipient),
            status_callback=f"{self._settings.public_url}{STATUS_PATH}{envelope.key.hex}",
            validity_period=valid_seconds(envelope.valid_until, self._machine_now()),
            **self.sender(),
            **self.content(envelope),
        )
        return Receipt(
            key=envelope.key,
            reference=str(taken.sid),
            accepted_at=self._machine_now(),
            cost=self.cost(envelope, taken),
        )

    def address(self, phone: str) -> str:
        return phone

    def sender(self) -> dict[str, str]:
        """A messaging service chooses the number itself; else ours is named."""
        if self._settings.messaging_service_sid:
            return {"messaging_service_sid": self._settings.messaging_service_sid}
        return {"from_": self._settings.sms_from}

    def content(self, envelope: Envelope) -> dict[str, str]:
        return {"body": envelope.text}

    def cost(self, envelope: Envelope, taken: Any) -> Cost | None:
        """Twilio's own figures where it says them already, else our count and the price of the settings."""
        said = str(taken.num_segments or "")
        count = int(said) if said.isdecimal() and int(said) else measure(envelope.text).segment_count
        price = price_in_micros(taken.price)
        if price is not None:
            return Cost(count, price, taken.price_unit)
        expected = price_micros(count, self._settings.prices, envelope.recipient)
        return Cost(count, expected, self._settings.currency if expected is not None else None)


class WhatsAppTransport(SmsTransport):
    """The same wire; outside a session of 24 hours only an approved template leaves."""

    def address(self, phone: str) -> str:
        return f"whatsapp:{phone}"

    def sender(self) -> dict[str, str]:
        return {"from_": self.address(self._settings.whatsapp_from)}

    def content(self, envelope: Envelope) -> dict[str, str]:
        if envelope.content is None:
            return {"body": envelope.text}
        return {
            "content_sid": envelope.content.external_id,
            "content_variables": json.dumps(dict(envelope.content.variables), ensure_ascii=False),
        }

    def cost(self, envelope: Envelope, taken: Any) -> Cost | None:
        """A WhatsApp message has no segments; its price is what Twilio says, sooner or later."""
        del envelope
        return Cost(1, price_in_micros(taken.price), taken.price_unit if taken.price is not None else None)


def valid_seconds(until: datetime | None, machine_now: datetime) -> int:
    """How long the carrier may try, within what Twilio takes. Raises TemporaryFailure when the hours are over."""
    if until is None:
        return LONGEST_VALID_SECONDS
    left = int((until - machine_now).total_seconds())
    if left < SHORTEST_VALID_SECONDS:
        raise TemporaryFailure("the hours in which it may be delivered are over")
    return min(left, LONGEST_VALID_SECONDS)
