"""What others do with scores: make a few customers' anew after an order, a return, a merge."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.batches import among
from hub.core.db import db
from hub.customers.models import Customer
from hub.segments.values.defining import change_definitions, get_definitions
from hub.segments.values.fit_calendar import find_fit
from hub.segments.values.models import CustomerScore
from hub.segments.values.night import find_yardsticks
from hub.segments.values.queries import MemberFilters, count_members
from hub.segments.values.scoring import score_some

__all__ = ["change_definitions", "forget_archived", "forget_scores", "note_members_export", "rescore"]


def rescore(ids: Collection[int], *, now: datetime) -> None:
    """Stage, RFM, churn, tier and expected value of these customers, from their orders as they are now."""
    score_some(ids, by=get_definitions(), with_=find_yardsticks(), now=now)
    if find_fit() is not None:
        from hub.segments.values.predicting import (
            predict_some,  # numpy, where there is something to predict by
        )

        predict_some(ids, now=now)


def note_members_export(asked: MemberFilters, *, by: Actor, now: datetime) -> None:
    """The line in the audit trail of the customers behind a figure, handed out as a file."""
    chosen = {name: value for name, value in vars(asked).items() if value is not None}
    note_change("customer_values.exported", subject_kind="customer_values", subject_id=0, by=by, now=now,
                filters=chosen, count=count_members(asked))  # fmt: skip


def forget_scores(ids: Collection[int]) -> None:
    """Of customers who are another one now."""
    db.session.execute(delete(CustomerScore).where(among(CustomerScore.customer_id, ids)))


def forget_archived(run_id: int) -> None:
    """Whom this archiving took has no score from now on; who comes back by hand or by an order gets one at once."""
    taken = select(Customer.id).where(Customer.archive_run_id == run_id, Customer.archived_at.is_not(None))
    gone = delete(CustomerScore).where(CustomerScore.customer_id.in_(taken))
    db.session.execute(gone.execution_options(synchronize_session=False))
