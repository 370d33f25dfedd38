"""What happens to two customers besides tickets: orders, answers, messages, choices, merges, an erasure; step by step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core import bell
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.errors import HubError
from hub.core.words import Language, Purpose
from hub.customers.queries import find_customer_by_address
from hub.customers.words import ConsentAction
from hub.identity import erasing
from hub.identity.merging import merge_customers
from hub.identity.unmerging import unmerge_customers
from hub.orders.actions import take_in
from hub.orders.models import Order
from hub.outbox import sending
from hub.outbox.actions.reports import apply_receipt
from hub.outbox.models import OutboundMessage
from hub.outbox.tracking.changing import change_tracking, get_tracking
from hub.outbox.tracking.noting import Asked, Hit, note_click, note_opening
from hub.outbox.tracking.words import OpenPolicy
from hub.outbox.words import ReceiptKind, SendQueue
from hub.surveys.actions import InvitationDraft, confirm_answer, invite
from hub.surveys.links import token_of
from hub.surveys.rules import Confirmation
from hub.surveys.words import Choice
from tests.conftest import TUESDAY
from tests.makers.orders import an_event
from tests.makers.outbox import give_consent, post_draft

ADVERTS = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SERVICE, Purpose.PROMOTION)
RECEIPTS = (ReceiptKind.DELIVERED, ReceiptKind.SOFT_BOUNCE, ReceiptKind.HARD_BOUNCE, ReceiptKind.COMPLAINT)
CHOICES = (Choice.VERY_SATISFIED, Choice.SATISFIED, Choice.NOT_SATISFIED, Choice.VERY_SATISFIED)
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0"
STEPS = (
    "order", "late_order", "cancel", "answer", "send", "send", "report", "click", "show", "refuse", "agree",
    "measure", "erase", "join", "part",
)  # fmt: skip


class Happenings:
    """Each step does one thing to one of two customers, or nothing where a room refuses it. `now` moves with the caller."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.story = self.count = 0
        self.now = TUESDAY
        self.merges: list[int] = []
        self.placed: dict[str, datetime] = {}

    def begin_others(self) -> None:
        self.merges, self.placed = [], {}
        for one in range(2):
            self.agree(one, 0)

    def mail(self, one: int) -> str:
        return f"c{self.story}.{one % 2}@client.example"

    def person(self, one: int) -> int | None:
        found = find_customer_by_address(self.mail(one))
        return found.id if found else None

    def _sell(self, one: int, told_at: datetime, **changes: Any) -> None:
        number = f"{self.story}.{one}"
        event = an_event(
            external_id=number,
            customer={"email": self.mail(one), "phone": "", "loyalty_card": f"C{self.mail(one)}"},
            placed_at=self.placed[number].isoformat(),
            updated_at=told_at.isoformat(),
            delivered_at=None,
            **{"state": "placed", **changes},
        )
        take_in(event, source="shop", now=self.now)

    def order(self, one: int, other: int) -> None:
        """Told again, it may have been placed on another day, in another store."""
        self.placed[f"{self.story}.{one}"] = TUESDAY - timedelta(days=other)
        self._sell(one, self.now, store=("LYO", "LIL")[other % 2], total_cents=1000 * other)

    def late_order(self, one: int, other: int) -> None:
        """What was true the day before, told today."""
        self.placed.setdefault(f"{self.story}.{one}", TUESDAY - timedelta(days=other))
        self._sell(one, self.now - timedelta(days=1))

    def cancel(self, one: int, _: int) -> None:
        if f"{self.story}.{one}" in self.placed:
            self._sell(one, self.now, state="cancelled")

    def answer(self, one: int, other: int) -> None:
        """Another choice from another page: the later one counts, or neither within a minute."""
        sold = self.session.scalar(select(Order).where(Order.external_id == f"{self.story}.{one}"))
        if sold is None:
            return
        draft = InvitationDraft(
            order_id=sold.id,
            customer_id=sold.customer_id,
            store_id=sold.store_id,
            language=Language.FRENCH,
        )
        invited = invite([draft], now=self.now)[sold.id]
        said = Confirmation(CHOICES[other], f"p{other}", self.now - timedelta(seconds=9), self.now)
        confirm_answer(token=token_of(invited), confirmation=said, now=self.now, least_seconds=0)

    def send(self, one: int, other: int) -> None:
        """Posted, judged by the gate, and handed to a mail server; what must wait leaves with a later one."""
        with transaction():
            if who := self.person(one):
                self.count += 1
                post_draft(self.session, f"m:{self.story}:{self.count}", now=self.now, due_at=self.now,
                           purpose=ADVERTS[other], customer_id=who)  # fmt: skip
        bell.remove_mark(sending.URGENT_BELL)
        for queue in SendQueue:
            while sending.work_outbox(queue, lambda: None):
                pass
        self.session.expire_all()

    def _message(self, one: int) -> OutboundMessage | None:
        sent = select(OutboundMessage).where(
            OutboundMessage.key.startswith(f"m:{self.story}:"), OutboundMessage.accepted_at.is_not(None)
        )
        found = self.session.scalars(sent.order_by(OutboundMessage.id)).all()
        return found[one % len(found)] if found else None

    def report(self, one: int, other: int) -> None:
        if message := self._message(one):
            apply_receipt(message, RECEIPTS[other], status="", recipient=None, now=self.now)

    def click(self, one: int, other: int) -> None:
        if message := self._message(one):
            hit = Hit("GET", AGENT, f"source{other}", None, self.now)
            note_click(Asked(message.id, message.state, message.accepted_at, 1), 0, hit)

    def show(self, one: int, other: int) -> None:
        if message := self._message(one):
            hit = Hit("GET", AGENT, f"source{other}", None, self.now)
            note_opening(message.id, message.template_version_id, message.recipient, hit)

    def refuse(self, one: int, other: int) -> None:
        """Written down when he did it, or up to two days later."""
        at = self.now - timedelta(hours=16 * other)
        give_consent(self.mail(one), ADVERTS[other % 2], action=ConsentAction.WITHDRAWN, now=at)

    def agree(self, one: int, _: int) -> None:
        for purpose in (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.OPEN_MEASUREMENT):
            give_consent(self.mail(one), purpose, now=self.now)

    def measure(self, one: int, _: int) -> None:
        opens = (OpenPolicy.CONSENTED, OpenPolicy.ALL, OpenPolicy.OFF, OpenPolicy.CONSENTED)[one]
        change_tracking(replace(get_tracking(), opens=opens), by=SYSTEM, now=self.now)

    def erase(self, one: int, _: int) -> None:
        with transaction():
            if who := self.person(one):
                erasing.ask_erasure(who, by=SYSTEM, now=self.now)
        while erasing.work_erasures(lambda: None):
            pass
        self.session.expire_all()

    def join(self, one: int, _: int) -> None:
        two = self.person(one), self.person(one + 1)
        if two[0] and two[1] and two[0] != two[1]:
            self.merges += merge_customers(two[0], [two[1]], by=SYSTEM, now=self.now)

    def part(self, _: int, __: int) -> None:
        if self.merges:
            unmerge_customers(self.merges[-1], by=SYSTEM, now=self.now)


def attempt(act: Callable[[int, int], None], one: int, other: int, *, is_one_commit: bool) -> None:
    """A step, which a room may refuse."""
    try:
        if is_one_commit:
            with transaction():
                act(one, other)
        else:
            act(one, other)
    except HubError:
        return
