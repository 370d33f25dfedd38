"""A year of the survey plan: invitations, answers, and the customers who are inside it today."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hub.core.words import Language
from hub.demo.catalog import COMMENTS_FINE, COMMENTS_HAPPY, COMMENTS_UNHAPPY
from hub.demo.copying import copy_rows
from hub.demo.shopping import Sale
from hub.demo.touching import make_touches
from hub.orders.words import OrderState
from hub.plans.actions import enrol
from hub.plans.builtin import POST_PURCHASE_SURVEY
from hub.plans.models import Enrolment, StepRun
from hub.plans.queries import find_plan
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepOutcome
from hub.surveys.models import Answer, Invitation
from hub.surveys.queries import get_survey_id
from hub.surveys.words import AnswerState, Choice, InvitationState

ASKED_AFTER = timedelta(days=7)
REMINDED_AFTER = timedelta(days=14)
LINK_LIFE = timedelta(days=30)
ASK_AGAIN = timedelta(days=30)
ANSWER_SHARE = 0.34
MOODS = ((Choice.VERY_SATISFIED, 55), (Choice.SATISFIED, 32), (Choice.NOT_SATISFIED, 13))
WORDS = {
    Choice.VERY_SATISFIED: COMMENTS_HAPPY,
    Choice.SATISFIED: COMMENTS_FINE,
    Choice.NOT_SATISFIED: COMMENTS_UNHAPPY,
}


def make_survey_year(sales: Sequence[Sale], *, now: datetime, random: Random) -> None:
    """Past deliveries have been asked and answered or not; those of the last days wait in the plan."""
    delivered = [sale for sale in sales if sale.delivered_at and sale.state is OrderState.DELIVERED]
    asked = _once_a_month([sale for sale in delivered if _arrived(sale) + REMINDED_AFTER <= now])
    rows: dict[str, list[dict[str, Any]]] = {"invitations": [], "answers": [], "enrolments": [], "runs": []}
    plan, survey_id = _plan(), get_survey_id()
    for number, sale in enumerate(asked, 1):
        _write(number, sale, rows, random)
    for enrolment in rows["enrolments"]:
        enrolment.update(plan)
    for invitation in rows["invitations"]:
        invitation["survey_id"] = survey_id
    copy_rows(Invitation, rows["invitations"])
    copy_rows(Answer, rows["answers"])
    copy_rows(Enrolment, rows["enrolments"])
    copy_rows(StepRun, rows["runs"])
    make_touches(rows["invitations"], rows["answers"], now=now, random=random)
    for sale in delivered:
        if _arrived(sale) + ASKED_AFTER > now:
            _wait_inside(sale)


def _arrived(sale: Sale) -> datetime:
    return sale.delivered_at or sale.placed_at


def _once_a_month(sales: Sequence[Sale]) -> list[Sale]:
    """Nobody is asked twice within thirty days."""
    last: dict[int, datetime] = {}
    kept = []
    for sale in sorted(sales, key=_arrived):
        before = last.get(sale.customer_id)
        if before is None or _arrived(sale) - before > ASK_AGAIN:
            last[sale.customer_id] = _arrived(sale)
            kept.append(sale)
    return kept


def _write(number: int, sale: Sale, rows: dict[str, list[dict[str, Any]]], random: Random) -> None:
    asked_at = _arrived(sale) + ASKED_AFTER
    answered_at = asked_at + timedelta(hours=1 + 60 * random.random() ** 2)
    is_answered = random.random() < ANSWER_SHARE
    rows["invitations"].append(
        {
            "id": number,
            "order_id": sale.id,
            "customer_id": sale.customer_id,
            "store_id": sale.store_id,
            "language": Language.FRENCH,
            "state": InvitationState.ANSWERED if is_answered else InvitationState.OPEN,
            "created_at": asked_at,
            "expires_at": asked_at + LINK_LIFE,
            "accepted_at": asked_at,
            "answered_at": answered_at if is_answered else None,
            "answer_count": int(is_answered),
        }
    )
    if is_answered:
        rows["answers"].append(_answer(len(rows["answers"]) + 1, number, sale, answered_at, random))
    rows["enrolments"].append(_enrolment(number, sale, asked_at, is_answered=is_answered))
    rows["runs"].append(_run(len(rows["runs"]) + 1, number, "ask", asked_at))
    if is_answered:
        rows["runs"].append(_run(len(rows["runs"]) + 1, number, "thank", answered_at + timedelta(days=1)))
    else:
        rows["runs"].append(_run(len(rows["runs"]) + 1, number, "remind", asked_at + ASKED_AFTER))


def _answer(number: int, invitation: int, sale: Sale, at: datetime, random: Random) -> dict[str, Any]:
    choices = [choice for choice, _ in MOODS]
    weights = [
        weight + (sale.store_id % 5 - 2) * 2 * (1 if place else -1) for place, (_, weight) in enumerate(MOODS)
    ]
    choice = random.choices(choices, weights)[0]
    return {
        "id": number,
        "invitation_id": invitation,
        "store_id": sale.store_id,
        "customer_id": sale.customer_id,
        "choice": choice,
        "comment": random.choice(WORDS[choice]),
        "topics": [],
        "state": AnswerState.CONFIRMED,
        "nonce": f"demo-{number}",
        "page_opened_at": at,
        "confirmed_at": at,
        "answered_at": at,
    }


def _plan() -> dict[str, int | None]:
    plan = find_plan(POST_PURCHASE_SURVEY)
    return {"plan_id": plan.id, "version_id": plan.published_version_id} if plan else {}


def _enrolment(number: int, sale: Sale, asked_at: datetime, *, is_answered: bool) -> dict[str, Any]:
    return {
        "id": number,
        "customer_id": sale.customer_id,
        "entry_key": f"order:{sale.id}",
        "arm": Arm.TREATED,
        "state": EnrolmentState.ENDED,
        "anchor_at": _arrived(sale),
        "values": {"order_id": sale.id},
        "entered_at": _arrived(sale),
        "ended_at": asked_at + (timedelta(days=2) if is_answered else ASKED_AFTER),
        "exit_reason": ExitReason.COMPLETED,
    }


def _run(number: int, enrolment: int, step: str, at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "enrolment_id": enrolment,
        "step_key": step,
        "outcome": StepOutcome.POSTED,
        "ran_at": at,
    }


def _wait_inside(sale: Sale) -> None:
    """Through the very action that a delivery calls."""
    enrol(
        plan_key=POST_PURCHASE_SURVEY,
        customer_id=sale.customer_id,
        entry_key=f"order:{sale.id}",
        anchor_at=_arrived(sale),
        values={"order_id": sale.id},
        now=_arrived(sale),
    )
