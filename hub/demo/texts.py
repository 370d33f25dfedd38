"""The texts of the demo: what its carrier was given, what was texted back, and the calls to the hub's webhooks."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from sqlalchemy import RowMapping, insert, select
from twilio.request_validator import RequestValidator

from hub.core import clock
from hub.core.db import db, transaction
from hub.demo.models import DEMO_TEXTS

PAGE_SIZE = 50
HOOK_SECONDS = 10
WHATSAPP = "whatsapp:"


@dataclass(frozen=True)
class Account:
    """The account of the demo's carrier, from the settings."""

    sid: str
    token: str
    number: str


@dataclass(frozen=True)
class DemoText:
    """A text as its phone shows it. `at` is business time, `made_at` machine time."""

    id: int
    sid: str
    phone: str
    channel: str
    is_inbound: bool
    body: str
    status: str
    status_callback: str
    at: datetime
    made_at: datetime

    @property
    def address(self) -> str:
        return f"{WHATSAPP}{self.phone}" if self.channel == "whatsapp" else self.phone


def keep(*, to: str, body: str, status_callback: str = "", is_inbound: bool = False) -> DemoText:
    """One row, committed before the answer, as a carrier does."""
    values = {
        "sid": f"SM{secrets.token_hex(16)}",
        "phone": to.removeprefix(WHATSAPP),
        "channel": "whatsapp" if to.startswith(WHATSAPP) else "sms",
        "is_inbound": is_inbound,
        "body": body,
        "status": "received" if is_inbound else "delivered",
        "status_callback": status_callback,
        "made_at": clock.machine_now(),
        "received_at": clock.business_now(),
    }
    with transaction() as session:
        row = session.execute(insert(DEMO_TEXTS).values(values).returning(DEMO_TEXTS)).mappings().one()
        return _text_of(row)


def list_texts(*, phone: str = "", size: int = PAGE_SIZE, is_outbound_only: bool = False) -> list[DemoText]:
    """The texts of one phone (all without one), newest first."""
    query = select(DEMO_TEXTS)
    if phone:
        query = query.where(DEMO_TEXTS.c.phone == phone.strip().removeprefix(WHATSAPP))
    if is_outbound_only:
        query = query.where(DEMO_TEXTS.c.is_inbound.is_(False))
    rows = db.session.execute(query.order_by(DEMO_TEXTS.c.id.desc()).limit(size)).mappings()
    return [_text_of(row) for row in rows]


def tell_delivered(account: Account, text: DemoText) -> None:
    """The status callbacks of a phone that is on; a hub that does not answer is not told again."""
    for status in ("sent", "delivered"):
        fields = {
            "AccountSid": account.sid,
            "MessageSid": text.sid,
            "MessageStatus": status,
            "To": text.address,
        }
        call_hook(account, text.status_callback, fields)


def text_as_customer(account: Account, *, phone: str, body: str, url: str) -> int:
    """Text the chain, as the carrier hands it over. Returns the HTTP status of the hub."""
    kept = keep(to=phone, body=body, is_inbound=True)
    fields = {
        "AccountSid": account.sid,
        "MessageSid": kept.sid,
        "From": kept.address,
        "To": f"{WHATSAPP}{account.number}" if kept.channel == "whatsapp" else account.number,
        "Body": body,
        "NumMedia": "0",
    }
    return call_hook(account, url, fields)


def call_hook(account: Account, url: str, fields: dict[str, str]) -> int:
    """A signed call; 0 when nobody answers."""
    validator: Any = RequestValidator
    headers = {"X-Twilio-Signature": validator(account.token).compute_signature(url, fields)}
    try:
        return requests.post(url, data=fields, headers=headers, timeout=HOOK_SECONDS).status_code
    except requests.RequestException:
        return 0


def _text_of(row: RowMapping) -> DemoText:
    return DemoText(
        id=row["id"],
        sid=row["sid"],
        phone=row["phone"],
        channel=row["channel"],
        is_inbound=row["is_inbound"],
        body=row["body"],
        status=row["status"],
        status_callback=row["status_callback"],
        at=row["received_at"],
        made_at=row["made_at"],
    )
