"""A small chain worked by hand: two stores with lunch breaks of their own, a holiday, a transfer each way, 20 tickets.

Lyon is open Monday to Saturday 10:00-12:30 and 14:00-19:00, Lille 9:30-12:00 and 13:00-18:30; Monday 6 April 2026 is
Easter Monday. The target is two opening hours for a first reply and one for the next. The figures are asked for on
Wednesday 8 April at noon, of Saturday 4 to Wednesday 8 April. All times are of Paris.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.core.actor import Actor
from hub.core.words import Channel
from hub.inbox.actions import change_target, mark_spam, reply, solve, transfer
from hub.inbox.words import Priority
from hub.reactions import drain
from hub.stores.models import OpeningRange, Store
from tests.conftest import HandClock
from tests.makers import told_once
from tests.makers.inbox import actor_of, make_house, make_reason, make_received
from tests.makers.staff import make_agent
from tests.makers.statistics import work_off
from tests.makers.stores import make_store

PARIS = ZoneInfo("Europe/Paris")
FIRST_SECONDS, NEXT_SECONDS = 7200, 3600

# (day of April 2026, time, what happens, ticket, store it is sent to or passed to)
STORY = (
    (4, "09:00", "writes", 11, "LIL"),
    (4, "09:50", "replies", 11, ""),
    (4, "11:00", "writes", 1, "LYO"),
    (4, "11:20", "replies", 1, ""),
    (4, "11:30", "solves", 1, "delivery"),
    (4, "11:45", "writes", 12, "LIL"),
    (4, "12:00", "writes", 2, "LYO"),
    (4, "12:45", "writes", 3, "LYO"),
    (4, "13:30", "replies", 12, ""),
    (4, "14:10", "replies", 3, ""),
    (4, "14:30", "replies", 2, ""),
    (4, "15:00", "solves", 2, "delivery"),
    (4, "17:30", "writes", 13, "LIL"),
    (4, "18:30", "writes", 4, "LYO"),
    (5, "12:00", "writes", 14, "LIL"),
    (5, "15:00", "writes", 5, "LYO"),
    (6, "11:00", "writes", 6, "LYO"),
    (7, "09:30", "writes", 15, "LIL"),
    (7, "09:35", "replies", 14, ""),
    (7, "10:00", "writes", 7, "LYO"),
    (7, "10:00", "writes", 17, "LIL"),
    (7, "10:05", "replies", 5, ""),
    (7, "10:15", "replies", 4, ""),
    (7, "10:30", "replies", 13, ""),
    (7, "10:40", "replies", 17, ""),
    (7, "11:00", "writes", 17, "LIL"),
    (7, "11:30", "writes", 8, "LYO"),
    (7, "11:30", "replies", 17, ""),
    (7, "11:45", "solves", 17, "breakage"),
    (7, "12:15", "passes", 8, "LIL"),
    (7, "12:30", "writes", 16, "LIL"),
    (7, "12:40", "replies", 6, ""),
    (7, "13:15", "replies", 16, ""),
    (7, "14:00", "writes", 1, "LYO"),
    (7, "14:00", "replies", 8, ""),
    (7, "14:30", "replies", 1, ""),
    (7, "15:00", "writes", 18, "LIL"),
    (7, "15:00", "solves", 1, "delivery"),
    (7, "15:00", "replies", 15, ""),
    (7, "16:00", "writes", 9, "LYO"),
    (7, "16:00", "passes", 18, "LYO"),
    (7, "17:00", "writes", 10, "LYO"),
    (7, "17:00", "writes", 19, "LIL"),
    (7, "17:00", "solves", 9, "breakage"),
    (7, "17:05", "spams", 10, ""),
    (7, "17:30", "replies", 18, ""),
    (7, "18:00", "replies", 7, ""),
    (7, "18:30", "solves", 7, "delivery"),
    (8, "11:00", "writes", 20, "LIL"),
)


def moment(day: int, hour: str) -> datetime:
    """Of April 2026, in Paris."""
    return datetime.combine(date(2026, 4, day), time.fromisoformat(hour), PARIS)


ASKED_AT = moment(8, "12:00")
PERIOD = {"since": "2026-04-04", "until": "2026-04-08"}


@dataclass
class WorkedChain:
    """Its stores by code, its reasons by key, its tickets by the number of the story."""

    stores: dict[str, Store]
    reasons: dict[str, int]
    people: dict[str, Actor]
    tickets: dict[int, int] = field(default_factory=dict)
    at: dict[int, str] = field(default_factory=dict)


TOLD: list[tuple[WorkedChain, list[told_once.Rows]]] = []
Beside = tuple[datetime, Callable[[WorkedChain, datetime], None]]
"""When something else happens, and what."""


def make_worked_chain(session: Session, hand_clock: HandClock, beside: Sequence[Beside] = ()) -> WorkedChain:
    """The story, told through the actions a person or a mail would take; `beside` in the order of its moments.

    Alone it is told once a test process, and what became of it is put back for the next test.
    """
    if beside:
        return _make(session, hand_clock, beside)
    if not TOLD:
        since = told_once.begin(session)
        chain = _make(session, hand_clock, ())
        work_off()
        TOLD.append((chain, told_once.take(session, since)))
        return replace(chain, tickets=dict(chain.tickets), at=dict(chain.at))
    chain, rows = TOLD[0]
    told_once.put_back(session, rows)
    stores = {row.code: row for row in session.scalars(select(Store))}
    hand_clock.now = ASKED_AT
    return replace(chain, stores=stores, tickets=dict(chain.tickets), at=dict(chain.at))


def _make(session: Session, hand_clock: HandClock, beside: Sequence[Beside]) -> WorkedChain:
    chain, others = _found(session), list(beside)
    for count, (day, hour, verb, number, word) in enumerate(STORY):
        while others and others[0][0] <= moment(day, hour):
            _happen(chain, hand_clock, others.pop(0))
        hand_clock.now = moment(day, hour)
        _tell(chain, verb, number, word, count=count, now=hand_clock.now)
    for each in others:
        _happen(chain, hand_clock, each)
    hand_clock.now = ASKED_AT
    return chain


def _happen(chain: WorkedChain, hand_clock: HandClock, what: Beside) -> None:
    """Facts of before have had their effect, and its own have it at once."""
    hand_clock.now, act = what
    settle()
    act(chain, hand_clock.now)
    settle()


def settle() -> None:
    """Every fact that waits has its effect."""
    while drain.work_facts(lambda: None):
        pass


def _found(session: Session) -> WorkedChain:
    lyon = make_house(session)
    lille = make_store(session, "Lille", code="LIL")
    session.execute(delete(OpeningRange).where(OpeningRange.store_id == lille.id))
    for weekday in range(6):
        for opens_at, closes_at in ((time(9, 30), time(12)), (time(13), time(18, 30))):
            session.add(
                OpeningRange(store_id=lille.id, weekday=weekday, opens_at=opens_at, closes_at=closes_at)
            )
    session.flush()
    ada = actor_of(make_agent(session, store_ids=(lyon.id,)))
    bo = actor_of(make_agent(session, "Bo Petit", email="bo@verel.example", store_ids=(lille.id,)))
    change_target(
        channel=Channel.EMAIL,
        priority=Priority.NORMAL,
        first_seconds=FIRST_SECONDS,
        next_seconds=NEXT_SECONDS,
        by=ada,
        now=moment(3, "12:00"),
    )
    return WorkedChain(
        stores={"LYO": lyon, "LIL": lille},
        reasons={key: make_reason(session, key).id for key in ("delivery", "breakage")},
        people={"LYO": ada, "LIL": bo},
    )


def _tell(chain: WorkedChain, verb: str, number: int, word: str, *, count: int, now: datetime) -> None:
    if verb == "writes":
        chain.at.setdefault(number, word)
        received = make_received(
            now,
            from_address=f"c{number}@client.example",
            recipients=(f"{chain.stores[word].mailbox}@hub.example",),
            mail_message_id=f"<{number}.{count if number in chain.tickets else 0}@client.example>",
            in_reply_to=f"<{number}.0@client.example>" if number in chain.tickets else None,
            subject=f"Demande {number}",
        )
        assert chain.tickets.setdefault(number, received.ticket_id or 0) == received.ticket_id
        return
    ticket_id, by = chain.tickets[number], chain.people[chain.at[number]]
    if verb == "replies":
        reply(ticket_id=ticket_id, text="Bonjour, voici.", by=by, now=now)
    elif verb == "solves":
        solve(ticket_id=ticket_id, reason_id=chain.reasons[word], by=by, now=now)
    elif verb == "spams":
        mark_spam(ticket_id=ticket_id, by=by, now=now)
    else:
        transfer(ticket_id=ticket_id, store_id=chain.stores[word].id, by=by, now=now)
        chain.at[number] = word
