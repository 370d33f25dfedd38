"""Plans and passages page by page, as other systems read them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select, tuple_

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.plans.counting import NOBODY, People, count_people
from hub.plans.models import Enrolment, Plan, PlanVersion
from hub.plans.queries import (
    EnrolmentRow,
    PlanRow,
    enrolment_row,
    find_definition,
    plan_row,
)
from hub.plans.words import Trigger

BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")
BIGINT = 2**63


@dataclass(frozen=True)
class ListedPlan:
    """A plan with the number of its published version and what lets customers in."""

    plan: PlanRow
    version_number: int
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True)
class ListedEnrolment:
    """A passage with what it is about."""

    enrolment: EnrolmentRow
    entry_key: str
    version_number: int


def page_plans(*, after: str | None = None, size: int = 50) -> Page[ListedPlan]:
    """Those that were published, by priority, two statements a page. Raises Invalid on a page that is none."""
    query = (
        select(Plan, PlanVersion.number)
        .join(PlanVersion, PlanVersion.id == Plan.published_version_id)
        .order_by(Plan.priority, Plan.id)
    )
    if after:
        query = query.where(tuple_(Plan.priority, Plan.id) > tuple_(*_place(after)))
    found = db.session.execute(query.limit(size + 1)).all()
    counts = count_people([plan.id for plan, _ in found])
    rows = [_listed(plan, number, counts.get(plan.id, NOBODY)) for plan, number in found]
    return make_page(rows, size=size, key=lambda row: (row.plan.priority, row.plan.id))


def _place(after: str) -> Sequence[Any]:
    match decode_key(after):
        case [int(priority), int(plan_id)] if max(abs(priority), abs(plan_id)) < BIGINT:
            return [literal(priority), literal(plan_id)]
    raise Invalid(BAD_PAGE, field="after")


def _listed(plan: Plan, number: int, people: People) -> ListedPlan:
    definition = find_definition(plan.published_version_id)
    return ListedPlan(plan_row(plan, *people), number, definition.entry.on if definition else ())


def page_enrolments(customer_id: int, *, after: str | None = None, size: int = 50) -> Page[ListedEnrolment]:
    """The passages of a customer, newest first. Raises Invalid on a page that is none."""
    query = _enrolments().where(Enrolment.customer_id == customer_id)
    if after:
        query = query.where(tuple_(Enrolment.entered_at, Enrolment.id) < tuple_(*_moment(after)))
    query = query.order_by(Enrolment.entered_at.desc(), Enrolment.id.desc()).limit(size + 1)
    rows = [_passage(*each) for each in db.session.execute(query)]
    return make_page(rows, size=size, key=lambda row: (row.enrolment.entered_at, row.enrolment.id))


def list_enrolments(enrolment_ids: Collection[int]) -> list[ListedEnrolment]:
    """These passages, by id."""
    query = _enrolments().where(among(Enrolment.id, enrolment_ids)).order_by(Enrolment.id)
    return [_passage(*each) for each in db.session.execute(query)]


def _moment(after: str) -> Sequence[Any]:
    match decode_key(after):
        case [datetime() as entered_at, int(enrolment_id)] if abs(enrolment_id) < BIGINT:
            return [literal(entered_at), literal(enrolment_id)]
    raise Invalid(BAD_PAGE, field="after")


def _enrolments() -> Select[Enrolment, Plan, int]:
    return (
        select(Enrolment, Plan, PlanVersion.number)
        .join(Plan, Plan.id == Enrolment.plan_id)
        .join(PlanVersion, PlanVersion.id == Enrolment.version_id)
    )


def _passage(enrolment: Enrolment, plan: Plan, number: int) -> ListedEnrolment:
    return ListedEnrolment(enrolment_row(enrolment, plan), enrolment.entry_key, number)
