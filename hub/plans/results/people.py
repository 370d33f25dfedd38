"""The customers behind a figure of a plan: the very passages it counts, or the windows that are compared, a page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import MOST, Page, decode_key, encode_key, make_page
from hub.core.text import N_
from hub.customers.queries import get_customers
from hub.plans.models import Enrolment, Plan
from hub.plans.queries import EnrolmentRow, enrolment_row
from hub.plans.results.clicks import Clicked, Stage
from hub.plans.results.gathering import values_of
from hub.plans.results.queries import head_of
from hub.plans.results.rows import Asked, PlanHead
from hub.plans.results.statements import HEADS_OF, HORIZON_DAYS, OPENED

PAGE_SIZE = 50
LOOKED_AT = 1_000
"""Passages looked at for a page of windows: a page may be shorter, since not each passage opens one."""
_SENT = "m.state IN ('accepted', 'delivered', 'bounced', 'unknown')"
_HUMAN = """(EXISTS (SELECT FROM link_clicks WHERE message_id = m.id AND label = 'human')
    OR EXISTS (SELECT FROM message_openings WHERE message_id = m.id AND opener = 'program'))"""
OF_MESSAGES = {
    Stage.SENT: _SENT,
    Stage.DELIVERED: "m.state IN ('accepted', 'delivered')",
    Stage.ENGAGED: f"{_SENT} AND {_HUMAN}",
    Stage.UNSUBSCRIBED: "m.refused_at IS NOT NULL",
    Stage.COMPLAINED: "EXISTS (SELECT FROM delivery_receipts WHERE message_id = m.id AND kind = 'complaint')",
}
"""As statements.MESSAGES counts them."""
_CLOSES = f"""coalesce(e.closes_at, e.entered_at
    + make_interval(days => coalesce((v.definition ->> 'horizon_days')::int, {HORIZON_DAYS})))"""
_ORDERED = f"""EXISTS (
    SELECT FROM orders AS o WHERE o.customer_id = e.customer_id AND o.placed_at > coalesce(e.opens_at, e.entered_at)
        AND o.placed_at <= {_CLOSES} AND o.state NOT IN ('cancelled', 'returned')
)"""
OF_WINDOWS = {Stage.COMPARED: (f"{_CLOSES} <= :now",), Stage.BOUGHT: (f"{_CLOSES} <= :now", _ORDERED)}
"""Which passages are looked at; whether one opened a window, and what counts in it, statements.HEADS_OF says."""


@dataclass(frozen=True)
class Passage:
    """`spent` (cents) and `is_buyer` are of its window, and None where none is asked for."""

    enrolment: EnrolmentRow
    customer_id: int
    name: str
    spent: float | None = None
    is_buyer: bool | None = None


@dataclass(frozen=True)
class People:
    plan: PlanHead
    page: Page[Passage]


def list_people(key: str, asked: Asked, clicked: Clicked, *, after: str | None) -> People:
    """The latest entry first, as it stands now: of customers of the stores asked for. Raises NotFound."""
    plan = db.session.scalar(select(Plan).where(Plan.key == key))
    if plan is None:
        raise NotFound(N_("This plan does not exist. Please choose one of the list."))
    before_id = decode_key(after, int)[0] if after else MOST
    find = _list_windows if clicked.stage in OF_WINDOWS else _list_passages
    rows, next_key = find(plan.id, asked, clicked, before_id)
    return People(head_of(plan), Page(_passages(plan, rows), next_key))


def _list_passages(
    plan_id: int, asked: Asked, clicked: Clicked, before_id: int
) -> tuple[Sequence[Any], str | None]:
    conditions, values = _conditions(asked, clicked)
    found = _ask(
        conditions,
        values_of([plan_id], asked.since, asked.until, asked.now) | values,
        before_id,
        PAGE_SIZE + 1,
    )
    page = make_page([(row.id, None, None) for row in found], size=PAGE_SIZE, key=lambda row: row[:1])
    return page.rows, page.next_key


def _ask(conditions: Iterable[str], values: dict[str, Any], before_id: int, most: int) -> Sequence[Any]:
    statement = f"""
        SELECT e.id, e.customer_id FROM enrolments AS e
        JOIN plan_versions AS v ON v.id = coalesce(e.entered_version_id, e.version_id)
        JOIN customers AS c ON c.id = e.customer_id
        WHERE {" AND ".join([OPENED, "e.id < :before_id", *conditions])}
        ORDER BY e.id DESC LIMIT :most
    """  # noqa: S608 - pieces of our own
    return db.session.execute(text(statement), {**values, "before_id": before_id, "most": most}).all()


def _conditions(asked: Asked, clicked: Clicked) -> tuple[list[str], dict[str, Any]]:
    """What the reader may see and asked for, then the part that was clicked."""
    known: tuple[tuple[str, str, Any], ...] = (
        ("stores", "c.preferred_store_id = ANY (:stores)", _listed(asked.store_ids)),
        ("version", "v.number = :version", asked.version),
        ("arm", "e.arm = :arm", clicked.arm.value),
        ("reason", "e.exit_reason = :reason", clicked.reason.value if clicked.reason else None),
    )
    given = [each for each in known if each[2] is not None]
    conditions = [condition for _, condition, _ in given]
    values = {name: value for name, _, value in given}
    if clicked.stage is Stage.WAITING:
        conditions.append("e.step_key = :step" if clicked.step else "e.state = 'waiting'")
    conditions += OF_WINDOWS.get(clicked.stage, ())
    if clicked.stage in OF_MESSAGES:
        conditions.append(_of_messages(clicked))
    return conditions, values | ({"step": clicked.step} if clicked.step else {})


def _of_messages(clicked: Clicked) -> str:
    of_step = "AND r.step_key = :step" if clicked.step else ""
    return f"""EXISTS (
        SELECT FROM step_runs AS r JOIN outbound_messages AS m ON m.id = r.outbound_id
        WHERE r.enrolment_id = e.id AND {OF_MESSAGES[clicked.stage]} {of_step}
    )"""


def _listed(store_ids: frozenset[int] | None) -> list[int] | None:
    return None if store_ids is None else list(store_ids)


def _list_windows(
    plan_id: int, asked: Asked, clicked: Clicked, before_id: int
) -> tuple[Sequence[Any], str | None]:
    """Windows that are over, of the latest passages; then of those before, page by page."""
    values = values_of([plan_id], asked.since, asked.until, asked.now)
    conditions, narrowed = _conditions(asked, clicked)
    looked_at = _ask(conditions, values | narrowed, before_id, LOOKED_AT)
    ids, people = {row.id for row in looked_at}, [row.customer_id for row in looked_at]
    heads = db.session.execute(HEADS_OF, {**values, "people": people}).all() if people else []
    rows = [
        (row.id, row.spent, row.is_buyer)
        for row in heads
        if row.id in ids and row.is_closed and (row.is_buyer or clicked.stage is Stage.COMPARED)
    ]
    page = make_page(rows, size=PAGE_SIZE, key=lambda row: row[:1])
    is_more = page.next_key is None and len(looked_at) == LOOKED_AT
    return page.rows, encode_key((looked_at[-1].id,)) if is_more else page.next_key


def _passages(plan: Plan, rows: Sequence[Any]) -> list[Passage]:
    ids = [row[0] for row in rows]
    found = {row.id: row for row in db.session.scalars(select(Enrolment).where(Enrolment.id.in_(ids)))}
    people = get_customers({row.customer_id for row in found.values()})
    return [
        Passage(
            enrolment_row(row := found[row_id], plan),
            row.customer_id,
            people[row.customer_id].name if row.customer_id in people else "",
            spent,
            is_buyer,
        )
        for row_id, spent, is_buyer in rows
    ]
