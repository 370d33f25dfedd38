"""A customer's life as a table: what happens when, and which messages leave in each arm, with caps and quiet hours on.

    def test_welcome(lives: Lives) -> None:
        lives.of("welcome_pack", control_percent=0)
        lived = lives.live(
            ("D0 10:00", orders("A1", euros=50)),
            ("D+1 18:00", clicks("welcome")),
            until="D+20",
        )
        assert lived.messages == ["2026-03-04 10:00 welcome_first_order", "2026-03-07 10:00 second_purchase_standard"]

Times are the customer's own (`lives.zone`), D0 is Tuesday 3 March 2026. Everything is real: the order comes in as the shop posts it,
facts are drained, what nobody tells (silence, birthdays, baskets) is looked for, due steps run when they are due, the gate decides, mails leave to a server and SMS to the double of
the provider. In the control arm a ghost stands in brackets with its step: `2026-03-04 10:00 (welcome)`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.content.models import MessageTemplate, TemplateVersion
from hub.core import bell
from hub.core.facts import FactQueueRow
from hub.core.words import Channel, Purpose
from hub.customers.models import Customer
from hub.orders.actions import take_in
from hub.orders.behaviour.baskets import take_basket
from hub.outbox import sending
from hub.outbox.models import OutboundMessage
from hub.outbox.tracking.models import LinkClick, MessageOpening
from hub.outbox.tracking.words import Opener, Sign, Visitor
from hub.outbox.words import MessageState, SendQueue
from hub.plans import actions, engine
from hub.plans.definitions import Definition
from hub.plans.models import Enrolment, Plan, PlanScan, PlanVersion, StepRun
from hub.plans.occurring import scanning
from hub.plans.reading import parse_definition
from hub.plans.words import EnrolmentState, StepOutcome, VersionState
from hub.reactions.drain import work_facts
from hub.surveys.actions import add_builtin_survey
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, say_consent
from tests.makers.orders import an_event
from tests.makers.stores import make_chain, make_store

DAY0 = TUESDAY.date()
MOST_TURNS = 500
Deed = Callable[["Lives", datetime], None]
Script = Sequence[tuple[str, Deed]]


def deliver(session: Session) -> None:
    """A chain with a store and all that the product brings: mails, the survey, every plan (off)."""
    make_chain(session)
    make_store(session)
    publish_builtin_templates(now=TUESDAY)
    add_builtin_survey(now=TUESDAY)
    actions.add_builtin_plans(now=TUESDAY)
    for plan in session.scalars(select(Plan)):
        plan.is_on = False


@dataclass(frozen=True)
class Lived:
    """What came of a life. `messages`: those that left, and ghosts; `unsent`: "template: reason"; `steps`: "step outcome
    reason"; `exits`: why each passage ended, or "" while it goes on.
    """

    messages: list[str]
    unsent: list[str]
    steps: list[str]
    exits: list[str]


@dataclass
class Lives:
    """One customer (Dora, of Lyon unless said otherwise, who agreed to everything) and the plans she may enter.

    `looks_until`: after that, what nobody tells is looked for only when something else happens: a life of months in which
    she has entered is lived in a tenth of the time.
    """

    session: Session
    clock: HandClock
    customer: Customer
    zone: str = "Europe/Paris"
    plan_keys: list[str] = field(default_factory=list)
    looks_until: str = "D+999"

    @classmethod
    def begin(cls, session: Session, clock: HandClock, **person: Any) -> "Lives":
        """All built-in plans are there and off; `person` are fields of the customer."""
        deliver(session)
        return cls.of_dora(session, clock, **person)

    @classmethod
    def of_dora(cls, session: Session, clock: HandClock, **person: Any) -> "Lives":
        """As `begin`, where the product was delivered before."""
        customer = make_customer(session, **person)
        for address, channel in (("dora@client.example", Channel.EMAIL), ("+33612345678", Channel.SMS)):
            for purpose in (Purpose.PROMOTION, Purpose.OPEN_MEASUREMENT):
                say_consent(
                    address, channel=channel, purpose=purpose, happened_at=TUESDAY - timedelta(days=30)
                )
        while work_facts(lambda: None):
            pass
        return cls(session, clock, customer)

    def of(
        self,
        key: str,
        definition: Mapping[str, Any] | None = None,
        *,
        control_percent: int = 0,
        priority: int = 60,
        number: int = 2,
    ) -> Definition:
        """Switch a plan on as D0 begins, all treated or all control; with a definition a plan of one's own is published."""
        plan = self.session.scalar(select(Plan).where(Plan.key == key))
        if plan is None:
            plan = Plan(
                key=key, name_fr=key, name_en=key, priority=priority, control_percent=0, created_at=TUESDAY
            )
            self.session.add(plan)
            self.session.flush()
        if definition is not None:
            version = PlanVersion(
                plan_id=plan.id,
                number=number,
                state=VersionState.PUBLISHED,
                definition=dict(definition),
                created_at=TUESDAY,
                published_at=TUESDAY,
            )
            parse_definition(definition)
            self.session.add(version)
            self.session.flush()
            plan.published_version_id = version.id
        plan.is_on, plan.control_percent = True, control_percent
        self.session.flush()
        self.plan_keys.append(key)
        scanning.begin_scans(plan.id, now=self.moment("D0"))
        read = self.session.get_one(PlanVersion, plan.published_version_id)
        return parse_definition(read.definition)

    def moment(self, when: str) -> datetime:
        """`D+3 14:30`, `D0 09:00`, `D+3`: the customer's local time; an ISO moment is itself."""
        if not when.startswith("D"):
            return datetime.fromisoformat(when)
        days, _, hour = when[1:].partition(" ")
        day: date = DAY0 + timedelta(days=int(days or 0))
        local = time.fromisoformat(hour) if hour else time()
        return datetime.combine(day, local, tzinfo=ZoneInfo(self.zone))

    def live(self, *script: tuple[str, Deed], until: str) -> Lived:
        """Let everything happen in its time, and all that is due between."""
        deeds = sorted(((self.moment(when), deed) for when, deed in script), key=lambda pair: pair[0])
        for at, deed in deeds:
            self._pass_until(at)
            deed(self, at)
            self.work()
        self._pass_until(self.moment(until))
        return self.lived()

    def _pass_until(self, end: datetime) -> None:
        for _ in range(MOST_TURNS):
            coming = self._coming(end)
            if self._look_until(min(coming, end)):
                coming = self._coming(end)
            self.clock.now = max(self.clock.now, min(coming, end))
            self.work()
            if coming >= end:
                return
        raise AssertionError("The life does not go on: something is due for ever.")

    def _coming(self, end: datetime) -> datetime:
        """When a step or a message is due next; `end` without any."""
        later = (OutboundMessage.state == MessageState.WAITING) & (OutboundMessage.due_at > self.clock.now)
        queues = SendQueue if self.session.scalar(select(exists().where(later))) else ()
        ahead = [engine.next_due_at(), *(sending.next_due_at(queue) for queue in queues)]
        return min((at for at in ahead if at is not None), default=end)

    def _look_until(self, end: datetime) -> bool:
        """On most days nothing happens but a look for what nobody tells; until somebody enters. Whether there was a look."""
        end, has_looked = min(end, self.moment(self.looks_until)), False
        while (look_at := scanning.next_due_at()) is not None and look_at < end:
            self.clock.now = max(self.clock.now, look_at)
            has_looked = scanning.work_scans(lambda: None) > 0 or has_looked
            entered_at = engine.next_due_at()
            if entered_at is not None and entered_at < end:
                break
        return has_looked

    def work(self) -> None:
        """Facts, plans and messages until nothing is due now."""
        bell.remove_mark(sending.URGENT_BELL)
        done = scanning.work_scans(lambda: None) + self._work_what_waits()
        while done:
            done = self._work_what_waits()

    def _work_what_waits(self) -> int:
        """Most turns find most tables empty: one statement tells which of the jobs need be asked at all."""
        now, done = self.clock.now, 0
        is_due = exists().where(Enrolment.state == EnrolmentState.WAITING, Enrolment.due_at <= now)
        is_left = OutboundMessage.state.in_([MessageState.CLAIMED, MessageState.CALLING])
        may_leave = is_left | (
            (OutboundMessage.state == MessageState.WAITING) & (OutboundMessage.due_at <= now)
        )
        found = self.session.execute(
            select(
                exists().where(FactQueueRow.fact_id.is_not(None)),
                exists().where(PlanScan.due_at <= now),
                is_due,
                exists().where(may_leave),
            )
        ).one()
        jobs = (work_facts, scanning.work_scans, engine.work_plans)
        done = sum(job(lambda: None) for job, is_there in zip(jobs, found[:3], strict=True) if is_there)
        if found[3]:
            due = [queue for queue in SendQueue if sending.has_due(queue)]
            done += sum(sending.work_outbox(queue, lambda: None) for queue in due)
        self.session.expire_all()
        return done

    def enter(
        self, key: str, entry_key: str = "hand:1", at: datetime | None = None, **values: Any
    ) -> int | None:
        """Let her into a plan by hand."""
        return actions.enrol(
            plan_key=key,
            customer_id=self.customer.id,
            entry_key=entry_key,
            anchor_at=at or self.clock.now,
            values=values,
            now=self.clock.now,
        )

    def message(self, step_key: str) -> OutboundMessage:
        """The message of a step."""
        found = select(OutboundMessage).where(OutboundMessage.key.endswith(f":{step_key}"))
        return self.session.scalars(found.order_by(OutboundMessage.id.desc())).first() or _missing(step_key)

    def lived(self) -> Lived:
        self.session.expire_all()
        runs = self.session.scalars(select(StepRun).order_by(StepRun.id)).all()
        return Lived(self._messages(runs), self._unsent(), [_told(run) for run in runs], self._exits())

    def _messages(self, runs: Sequence[StepRun]) -> list[str]:
        found = [(row.accepted_at, template) for row, template in self._rows() if row.accepted_at]
        ghosts = [(run.ran_at, f"({run.step_key})") for run in runs if run.outcome is StepOutcome.GHOST]
        return [
            f"{self._local(at)} {words}" for at, words in sorted([*found, *ghosts], key=lambda pair: pair[0])
        ]

    def _unsent(self) -> list[str]:
        return [f"{key}: {row.reason}" for row, key in self._rows() if row.accepted_at is None]

    def _rows(self) -> Sequence[Any]:
        found = (
            select(OutboundMessage, MessageTemplate.key)
            .join(TemplateVersion, TemplateVersion.id == OutboundMessage.template_version_id)
            .join(MessageTemplate, MessageTemplate.id == TemplateVersion.template_id)
            .where(OutboundMessage.source_kind == "enrolment")
            .order_by(OutboundMessage.id)
        )
        return self.session.execute(found).all()

    def _exits(self) -> list[str]:
        reasons = self.session.scalars(select(Enrolment.exit_reason).order_by(Enrolment.id))
        return [reason.value if reason else "" for reason in reasons]

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"


def _missing(step_key: str) -> OutboundMessage:
    raise AssertionError(f"No message of the step {step_key}.")


def _told(run: StepRun) -> str:
    return " ".join(str(each) for each in (run.step_key, run.outcome, run.reason) if each)


def orders(
    number: str = "A1", *, euros: int = 50, state: str = "placed", sku: str = "LAMPE-01", **fields: Any
) -> Deed:
    """She orders (or the order of that number is delivered, cancelled, …), as the shop posts it."""

    def happen(life: Lives, at: datetime) -> None:
        placed = fields.get("placed_at", at.isoformat())
        cents = euros * 100
        event = an_event(
            external_id=number,
            placed_at=placed,
            delivered_at=at.isoformat() if state == "delivered" else None,
            updated_at=at.isoformat(),
            state=state,
            total_cents=cents,
            customer={"postcode": life.customer.postcode},
            **{
                "lines": [{"sku": sku, "name": "Lampe", "quantity": 1, "unit_price_cents": cents}],
                **{key: value for key, value in fields.items() if key != "placed_at"},
            },
        )
        taken = take_in(event, source="shop", now=life.clock.now)
        assert not taken.errors, taken.errors

    return happen


def baskets(number: str = "B1", *, euros: int = 50, state: str = "open", **fields: Any) -> Deed:
    """She fills, empties or orders a basket, as the shop posts it."""

    def happen(life: Lives, at: datetime) -> None:
        line = {"sku": "LAMPE-01", "quantity": 1, "unit_price_cents": euros * 100}
        body = {
            "external_id": number,
            "customer": {"email": "dora@client.example"},
            "state": state,
            "updated_at": at.isoformat(),
            "lines": [line],
            **fields,
        }
        taken = take_basket(body, source="shop", now=life.clock.now)
        assert not taken.errors, taken.errors

    return happen


def clicks(step_key: str) -> Deed:
    """She clicks in the message of a step."""

    def happen(life: Lives, at: datetime) -> None:
        row = LinkClick(
            message_id=life.message(step_key).id,
            position=0,
            link_count=1,
            clicked_at=at,
            label=Visitor.HUMAN,
            sign=Sign.NONE,
        )
        life.session.add(row)
        life.session.flush()

    return happen


def opens(step_key: str) -> Deed:
    """She opens the message of a step, and is measured."""

    def happen(life: Lives, at: datetime) -> None:
        message_id = life.message(step_key).id
        row = MessageOpening(message_id=message_id, opener=Opener.PROGRAM, count=1, first_at=at, last_at=at)
        life.session.add(row)
        life.session.flush()

    return happen


def enters(key: str, entry_key: str = "hand:1", **values: Any) -> Deed:
    """She is let into a plan by hand."""

    def happen(life: Lives, at: datetime) -> None:
        life.enter(key, entry_key, at, **values)

    return happen


def says(*, purpose: Purpose = Purpose.PROMOTION, is_given: bool, channel: Channel = Channel.EMAIL) -> Deed:
    """She agrees to something, or takes it back."""

    def happen(_life: Lives, at: datetime) -> None:
        address = "dora@client.example" if channel is Channel.EMAIL else "+33612345678"
        say_consent(address, channel=channel, purpose=purpose, is_given=is_given, happened_at=at)

    return happen
