"""What the terms of retention remove changes no figure: every report of the past says the same before and after."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import Base
from hub.customers.models import Customer
from hub.identity import retention
from hub.identity.terms import INACTIVE, TERMS
from hub.segments.values import cohort_queries, cohorts
from hub.segments.values.rules import Definitions
from hub.staff.rules import SYSTEM_VIEWER
from hub.statistics import gestures, queries, ratings, rerouting, resolution
from hub.statistics.measuring.door import measure
from hub.statistics.rules import Filters
from tests.conftest import TUESDAY, HandClock
from tests.identity.test_retention import full, keep
from tests.makers.statistics import gather_all

__all__ = ["full"]


def read_figures(now: datetime) -> dict[str, Any]:
    """Every report of the statistics over the day on which everything happened, and the table of cohorts."""
    filters = Filters(since_on=date(2026, 3, 1), until_on=date(2026, 3, 31), time_zone="Europe/Paris")
    cohorts.roll_up(now=TUESDAY)
    gather_all()
    return {
        "waits": queries.get_response_times(filters, viewer=SYSTEM_VIEWER, now=now),
        "satisfaction": queries.get_satisfaction(filters, viewer=SYSTEM_VIEWER),
        "ratings": ratings.get_ticket_ratings(filters, viewer=SYSTEM_VIEWER),
        "resolution": resolution.get_resolution(filters, viewer=SYSTEM_VIEWER),
        "rerouting": rerouting.get_rerouting(filters, viewer=SYSTEM_VIEWER),
        "gestures": gestures.get_gesture_costs(filters, viewer=SYSTEM_VIEWER),
        "messages": [
            measure(f"messages_{name}", filters, viewer=SYSTEM_VIEWER, now=now)
            for name in ("sent", "opened", "clicked", "unsubscribed", "complaints", "delivered")
        ],
        "links": measure("review_links", filters, viewer=SYSTEM_VIEWER, now=now),
        "cohorts": cohort_queries.list_cohorts(now_on=date(2026, 3, 3), store_id=None, family=None),
        "value": [
            (each.month_on, each.actual_cents)
            for each in cohort_queries.list_value_points(Definitions(), now_on=date(2026, 3, 3))
        ],
    }


def is_told(figures: dict[str, Any]) -> bool:
    """Each report counts what happened: figures of nothing would prove nothing."""
    counts = [
        figures["waits"].total.count,
        sum(figures["satisfaction"].total.counts),
        figures["satisfaction"].invited_count,
        sum(figures["ratings"].total.counts),
        figures["resolution"].first.count,
        figures["rerouting"].total.count,
        figures["gestures"].total.voucher_cents + figures["gestures"].total.refund_cents,
        *[(figure.value or 0) * figure.count for (figure,) in (*figures["messages"], figures["links"])],
        figures["cohorts"][0].months[0].net_cents,
        figures["value"][-1][1],
    ]
    return all(counts)


def test_every_figure_is_the_same_after_all_terms_have_ended(
    session: Session, full: Customer, hand_clock: HandClock
) -> None:
    tables = Base.metadata.tables
    later = TUESDAY + timedelta(hours=3)
    happened: dict[str, dict[str, Any]] = {
        "tickets": {"state": "closed", "first_solved_at": later, "solved_at": later, "merged_into_id": None,
                    "closed_at": later + timedelta(days=7), "route_source": "store_address"},
        "reply_waits": {"is_transferred": False, "ended_at": later, "dropped_at": None, "business_seconds": 900},
        "answers": {"state": "confirmed"},
        "ticket_ratings": {"score": 1},
        "gestures": {"state": "granted", "amount_cents": 1500},
        "orders": {"state": "delivered", "total_cents": 5000, "returned_cents": 0},
        "outbound_messages": {"state": "accepted", "accepted_at": TUESDAY, "ended_at": TUESDAY, "channel": "email",
                              "purpose": "promotion", "is_opening_measured": True, "refused_at": later,
                              "values": {"review_url": "https://www.verel.example/avis"}},
        "template_versions": {"variables": [{"name": "review_url"}]},
        "message_openings": {"opener": "program"}, "link_clicks": {"label": "human"},
        "delivery_receipts": {"kind": "complaint"},
    }  # fmt: skip
    for table, values in happened.items():
        session.execute(tables[table].update().values(values))
    before = read_figures(hand_clock.now)
    assert is_told(before), before
    for term in TERMS:
        if term.key != INACTIVE:
            retention.set_term(term.key, months=120, is_on=True, by=SYSTEM, now=hand_clock.now)
            keep(term.key)
    assert session.scalar(select(func.count()).where(tables["ticket_messages"].c.text != "")) == 0, "they ran"
    session.expire_all()
    after = read_figures(hand_clock.now)
    for name, figures in before.items():
        assert after[name] == figures, name
