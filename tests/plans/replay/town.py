"""Some people whose days are lived with the real engine, and the same days replayed: what each of them is told by both."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from hub.core.words import Channel, Purpose
from hub.customers.models import Customer
from hub.orders.actions import take_in
from hub.outbox.models import OutboundMessage
from hub.outbox.tracking.models import LinkClick
from hub.outbox.tracking.queries import get_first_clicks, get_first_openings
from hub.outbox.tracking.words import Sign, Visitor
from hub.outbox.words import BlockReason, MessageState
from hub.plans.models import Enrolment, Plan, PlanVersion, StepRun
from hub.plans.reading import parse_definition
from hub.plans.replay.passages import Letter, Walk
from hub.plans.replay.population import Stage, list_groups
from hub.plans.replay.scripts import Script
from hub.plans.replay.tally import Tally
from hub.plans.walking import Decision
from hub.plans.words import ExitReason
from hub.reactions.drain import work_facts
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, say_consent
from tests.makers.orders import an_event
from tests.plans.lives import Deed, Lives

Line = tuple[Any, ...]


@dataclass
class Told:
    """What happened, line by line: (customer, …). `unsent`: messages that never left; `late`: those that had to wait."""

    entered: list[Line] = field(default_factory=list)
    sent: list[Line] = field(default_factory=list)
    ran: list[Line] = field(default_factory=list)
    unsent: list[Line] = field(default_factory=list)
    ended: list[Line] = field(default_factory=list)

    def sorted(self) -> dict[str, list[str]]:
        return {
            name: sorted(" ".join(map(_word, line)) for line in lines) for name, lines in vars(self).items()
        }


def _word(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def differences(replayed: Told, lived: Told) -> dict[str, list[str]]:
    """What only one of them tells: "+" the replay, "-" the life; {} when they agree."""
    ours, theirs = replayed.sorted(), lived.sorted()
    found = {
        name: [
            *(f"+ {line}" for line in (Counter(ours[name]) - Counter(theirs[name])).elements()),
            *(f"- {line}" for line in (Counter(theirs[name]) - Counter(ours[name])).elements()),
        ]
        for name in ours
    }
    return {name: lines for name, lines in found.items() if lines}


class Trail(Tally):
    """A tally that keeps the single happenings too."""

    def __init__(self, time_zone: str) -> None:
        super().__init__(time_zone)
        self.told = Told()
        self.moved_count = Counter[BlockReason]()

    def entered(self, walk: Walk, at: datetime) -> None:
        super().entered(walk, at)
        self.told.entered.append((walk.customer_id, walk.entry_key, walk.arm.value, at))

    def ran(self, walk: Walk, decision: Decision, at: datetime) -> None:
        super().ran(walk, decision, at)
        if decision.outcome:
            row = (
                walk.customer_id,
                walk.entry_key,
                walk.step_key,
                decision.outcome.value,
                decision.reason,
                at,
            )
            self.told.ran.append(row)

    def sent(self, letter: Letter, at: datetime) -> None:
        super().sent(letter, at)
        self.told.sent.append((letter.walk.customer_id, letter.step.key, letter.template.key, at))

    def moved(self, letter: Letter, reason: BlockReason, at: datetime) -> None:
        super().moved(letter, reason, at)
        self.moved_count[reason] += 1

    def unsent(self, letter: Letter, reason: str, at: datetime) -> None:
        super().unsent(letter, reason, at)
        self.told.unsent.append((letter.walk.customer_id, letter.step.key, reason.partition(":")[0]))

    def ended(self, walk: Walk, reason: ExitReason, at: datetime) -> None:
        super().ended(walk, reason, at)
        self.told.ended.append((walk.customer_id, walk.entry_key, reason.value, at))

    def went_back(self, walk: Walk, reason: ExitReason) -> None:
        super().went_back(walk, reason)
        self.told.ended = [line for line in self.told.ended if line[:2] != (walk.customer_id, walk.entry_key)]


class AsItWas:
    """Reactions to the messages that really left, by customer and step."""

    def __init__(self, lives: Lives) -> None:
        rows = lives.session.execute(
            select(OutboundMessage.id, OutboundMessage.customer_id, OutboundMessage.key)
        ).all()
        ids = [row.id for row in rows]
        self._key = {row.id: (row.customer_id, row.key.rpartition(":")[2]) for row in rows}
        self._openings = self._by_key(get_first_openings(ids))
        self._clicks = self._by_key(get_first_clicks(ids))

    def _by_key(self, found: dict[int, datetime]) -> dict[Any, datetime]:
        return {self._key[row]: at for row, at in found.items()}

    def openings(self, letters: Collection[Letter]) -> dict[int, datetime]:
        return self._found(letters, self._openings)

    def clicks(self, letters: Collection[Letter]) -> dict[int, datetime]:
        return self._found(letters, self._clicks)

    def answer_at(self, _letter: Letter) -> datetime | None:
        return None

    def _found(self, letters: Collection[Letter], known: dict[Any, datetime]) -> dict[int, datetime]:
        pairs = ((each, known.get((each.walk.customer_id, each.step.key))) for each in letters)
        return {letter.number: at for letter, at in pairs if at is not None}


@dataclass
class Town:
    """People of one chain, all of whom agreed to everything, and one plan."""

    lives: Lives
    people: list[Customer]

    @classmethod
    def of(cls, lives: Lives, count: int) -> "Town":
        people = [
            make_customer(
                lives.session,
                f"Vie{number}",
                mail=mail_of(number),
                phone=f"+336123456{number:02}",
                postcode=("69003", "97400", "97100")[number % 3],
                created_at=TUESDAY,
            )
            for number in range(count)
        ]
        for number in range(count):
            for address, channel in (
                (mail_of(number), Channel.EMAIL),
                (f"+336123456{number:02}", Channel.SMS),
            ):
                say_consent(address, channel=channel, purpose=Purpose.PROMOTION)
                say_consent(address, channel=channel, purpose=Purpose.OPEN_MEASUREMENT)
        while work_facts(lambda: None):
            pass
        return cls(lives, people)

    def lived(self, plan_key: str) -> Told:
        """What the engine, the gate and the reactions did."""
        session, told = self.lives.session, Told()
        session.expire_all()
        plan = session.scalars(select(Plan).where(Plan.key == plan_key)).one()
        inside = {
            row.id: row for row in session.scalars(select(Enrolment).where(Enrolment.plan_id == plan.id))
        }
        for row in inside.values():
            told.entered.append((row.customer_id, row.entry_key, row.arm.value, row.entered_at))
            if row.exit_reason:
                told.ended.append((row.customer_id, row.entry_key, row.exit_reason.value, row.ended_at))
        for run in session.scalars(select(StepRun)):
            row = inside[run.enrolment_id]
            told.ran.append(
                (row.customer_id, row.entry_key, run.step_key, run.outcome.value, run.reason, run.ran_at)
            )
        for message in session.scalars(select(OutboundMessage)):
            step = message.key.rpartition(":")[2]
            if message.accepted_at:
                told.sent.append((message.customer_id, step, self._template(message), message.accepted_at))
            elif message.state is not MessageState.WAITING:
                told.unsent.append((message.customer_id, step, (message.reason or "").__str__()))
        return told

    def _template(self, message: OutboundMessage) -> str:
        from hub.content.queries import get_version

        return get_version(message.template_version_id).key

    def replayed(self, plan_key: str, since: datetime, until: datetime) -> Trail:
        """The same days without sending."""
        session = self.lives.session
        plan = session.scalars(select(Plan).where(Plan.key == plan_key)).one()
        version = session.get_one(PlanVersion, plan.published_version_id)
        script = Script(
            plan_id=plan.id,
            plan_key=plan.key,
            control_percent=plan.control_percent,
            definition=parse_definition(version.definition),
            since=since,
            until=until,
            time_zone="Europe/Paris",
        )
        trail = Trail("Europe/Paris")
        stage = Stage(script, AsItWas(self.lives), trail)
        for group in list_groups(script):
            list(stage.run(group))
        return trail


def mail_of(number: int) -> str:
    return f"vie{number}@client.example"


def buys(who: int, number: str, *, euros: int = 50, state: str = "placed", placed_at: str = "") -> Deed:
    """Somebody orders, or the order of that number goes on; `placed_at`: a moment of the life, for what goes on."""

    def happen(life: Lives, at: datetime) -> None:
        placed = life.moment(placed_at) if placed_at else at
        line = {"sku": "LAMPE-01", "name": "Lampe", "quantity": 1, "unit_price_cents": euros * 100}
        event = an_event(
            external_id=number,
            placed_at=placed.isoformat(),
            delivered_at=at.isoformat() if state == "delivered" else None,
            updated_at=at.isoformat(),
            state=state,
            total_cents=euros * 100,
            lines=[line],
            customer={
                "email": mail_of(who),
                "phone": f"+336123456{who:02}",
                "first_name": f"Vie{who}",
                "last_name": "Lefèvre",
                "loyalty_card": f"C-{who}",
                "postcode": ("69003", "97400", "97100")[who % 3],
                "birth_date": None,
            },
        )
        taken = take_in(event, source="shop", now=life.clock.now)
        assert not taken.errors, taken.errors

    return happen


def clicks(who: int, step_key: str) -> Deed:
    """Somebody clicks in the message of a step."""

    def happen(life: Lives, at: datetime) -> None:
        mine = select(OutboundMessage.id).where(
            OutboundMessage.recipient == mail_of(who), OutboundMessage.key.endswith(f":{step_key}")
        )
        message_id = life.session.scalars(mine).one()
        row = LinkClick(
            message_id=message_id,
            position=0,
            link_count=1,
            clicked_at=at,
            label=Visitor.HUMAN,
            sign=Sign.NONE,
        )
        life.session.add(row)
        life.session.flush()

    return happen


def refuses(who: int) -> Deed:
    """Somebody wants no offers any more."""

    def happen(_life: Lives, at: datetime) -> None:
        say_consent(mail_of(who), is_given=False, happened_at=at)

    return happen
