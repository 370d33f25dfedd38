"""Every measure equals the value reckoned by hand in worked_values.py, and none is without one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hub.core.intervals import wilson
from hub.core.words import Language
from hub.plans.results.gains import get_gains
from hub.plans.results.queries import get_results
from hub.plans.results.rows import Asked
from hub.reasons.queries import list_reasons
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from hub.statistics.base.queries import get_base
from hub.statistics.base.rules import SAID
from hub.statistics.contact_reasons import get_contact_reasons
from hub.statistics.knowledge_gaps import get_knowledge_gaps
from hub.statistics.measures import MEASURES
from hub.statistics.measuring.door import TOLD_BY, list_keys, measure
from hub.statistics.messages import get_sendings
from hub.statistics.queries import read_filters
from tests.conftest import TUESDAY, HandClock
from tests.makers.statistics import find_differing
from tests.makers.worked_chain import ASKED_AT, PERIOD
from tests.makers.worked_plan import make_worked_plan
from tests.makers.worked_shop import WorkedShop
from tests.statistics.worked_values import PLANS, WORKED

OFFICE = Viewer(1, "Cleo", "c@x.example", Role.HEAD_OFFICE, Language.FRENCH, Scope(is_everything=True), 0)
SHARES = frozenset(
    {"within_target", "dropped_share", "reopened", "reroute_rate", "csat", "ticket_csat", "recovery", "review_links",
     "without_article", "searches_in_vain", "base_reachable", "base_offers"}
) | {f"messages_{what}" for what in ("delivered", "bounced", "opened", "clicked", "unsubscribed", "complaints")}  # fmt: skip

NOT_ASKED = {
    "plans_year": "a table of four figures in three units; its parts are asked for as plan_bought, plan_per_head, plans_gain",
}
"""Measures that the one door, and so the API, does not answer, with the reason why."""


def close(value: Any) -> Any:
    """Numbers as near as they are reckoned on paper."""
    return pytest.approx(value) if isinstance(value, float | int) else value


def read_all() -> dict[str, Any]:
    """What the door of the API says of the worked chain, of every measure but those of plans."""
    filters = read_filters(PERIOD, now=ASKED_AT)
    said: dict[str, Any] = {}
    for key in [each for each in list_keys() if each not in PLANS]:
        figures = measure(key, filters, viewer=OFFICE, now=ASKED_AT)
        if key in TOLD_BY:
            said[key] = {each.group: each.value for each in figures}
            continue
        (figure,) = figures
        said[key] = figure.value
        if key in SHARES:
            sure = wilson(round((figure.value or 0) * figure.count), figure.count)
            assert sure is not None
            assert (figure.low, figure.high) == (pytest.approx(sure.low), pytest.approx(sure.high)), key
    names = {row.id: row.key for row in list_reasons(active=False)}
    for key in ("reason_share", "tickets_change"):
        said[key] = {names.get(group): value for group, value in said[key].items()}
    return said | {
        "messages_pressure": tuple(said["messages_pressure"].values()),
        "base_stages": {stage: said["base_stages"][stage] for stage in ("regular", "new")},
        "base_rf": {cell: said["base_rf"][cell] for cell in ((5, 4), (5, 1))},
        "base_cohorts": said["base_cohorts"]["2026-02+2"],
        "base_consents": tuple(said["base_consents"][f"{each}:email:promotion"] for each in SAID),
    }


def read_pages() -> dict[str, Any]:
    """What pages say of the measures that they count for themselves."""
    filters = read_filters(PERIOD, now=ASKED_AT)
    why = get_contact_reasons(filters, viewer=OFFICE)
    names = {row.id: row.key for row in list_reasons(active=False)}
    gaps = get_knowledge_gaps(filters, viewer=OFFICE, now=ASKED_AT)
    found = get_base(filters, viewer=OFFICE)
    assert found.now is not None
    assert gaps.searches is not None
    counts, everybody = found.now.counts, found.now.counts["all"]
    (february,) = [each for each in found.cohorts if each.cohort_on.month == TUESDAY.month - 1]
    return {
        "reason_share": {names.get(row.reason_id or 0): row.share for row in why.reasons},
        "tickets_change": {names[row.reason_id]: row.change for row in why.reasons if row.reason_id},
        "messages_pressure": get_sendings(filters, viewer=OFFICE).pressure,
        "without_article": gaps.total.share,
        "searches_in_vain": gaps.searches.total.share,
        "base_customers": everybody,
        "base_stages": {stage: counts[f"stage:{stage}"] for stage in ("regular", "new")},
        "base_rf": {cell: counts["rf:{}:{}".format(*cell)] for cell in ((5, 4), (5, 1))},
        "base_cohorts": february.months[2].active_count / february.customer_count,
        "base_reachable": counts["open:any"] / everybody,
        "base_offers": counts["offers:any"] / everybody,
        "base_consents": tuple(counts[f"{each}:email:promotion"] for each in SAID),
    }


def read_plan() -> dict[str, Any]:
    asked = Asked(since=TUESDAY - timedelta(days=365), until=TUESDAY, now=TUESDAY)
    found, year = get_results("welcome_pack", asked), get_gains(asked)
    arms, funnel, total = found.arms, found.funnel, year.total
    (line,) = [each for each in year.lines if each.arms.heads]
    treated, control = line.arms.treated, line.arms.control
    assert arms.gain.in_all is not None
    assert total is not None
    assert arms.gain.in_all.low < arms.gain.in_all.value < arms.gain.in_all.high
    return {
        "plan_gain": arms.gain.in_all.value,
        "plan_per_head": (arms.treated.mean, arms.control.mean),
        "plan_bought": (arms.treated.rate, arms.control.rate),
        "plan_engaged": funnel.engaged / funnel.sent,
        "plan_unsubscribed": funnel.unsubscribed / funnel.sent,
        "plan_complaints": funnel.complained / funnel.sent,
        "plan_funnel": (funnel.entered, funnel.sent, funnel.delivered, funnel.engaged),
        "plans_gain": total.value,
        "plans_year": (
            control.rate, treated.rate, (control.rate or 0) * treated.heads, treated.buyers, control.value,
            treated.value, (control.mean or 0) * treated.heads, treated.spent,
        ),
    }  # fmt: skip


def read_plan_by_door() -> dict[str, Any]:
    """The same as a program asks for it."""
    days = {"since": str((TUESDAY - timedelta(days=365)).date()), "until": str(TUESDAY.date())}
    filters = read_filters(days, now=TUESDAY)
    told: dict[str, Any] = {}
    for key in [each for each in list_keys() if each in PLANS]:
        asked = replace(filters, plan_key=None if key == "plans_gain" else "welcome_pack")
        figures = measure(key, asked, viewer=OFFICE, now=TUESDAY)
        values = {each.group: each.value for each in figures}
        told[key] = tuple(values.values()) if key in TOLD_BY else values[None]
        if key == "plan_funnel":
            told[key] = tuple(values[stage] for stage in ("entered", "sent", "delivered", "engaged"))
    return told


def test_no_measure_is_without_a_value_by_hand() -> None:
    assert WORKED.keys() == MEASURES.keys()
    assert set(list_keys()) <= MEASURES.keys()
    assert all(each.how for each in WORKED.values())


def test_every_measure_can_be_asked_for_or_says_why_not() -> None:
    """A new one is answered by the door of the API, or stands among the exceptions with a reason."""
    assert len(set(list_keys())) == len(list_keys())
    assert set(list_keys()) | NOT_ASKED.keys() == MEASURES.keys()
    assert not set(list_keys()) & NOT_ASKED.keys()
    assert all(NOT_ASKED.values())


def test_every_measure_of_the_chain(session: Session, hand_clock: HandClock) -> None:
    WorkedShop(session, hand_clock)
    said = read_all()
    assert said.keys() == WORKED.keys() - PLANS.keys()
    assert said == {key: close(WORKED[key].value) for key in said}
    assert read_pages() == {key: close(said[key]) for key in read_pages()}
    assert find_differing() == []


def test_every_measure_of_plans(session: Session, hand_clock: HandClock) -> None:
    make_worked_plan(session)
    said = read_plan()
    assert said.keys() == PLANS.keys()
    assert said == {key: close(PLANS[key].value) for key in said}
    told = read_plan_by_door()
    assert told.keys() == said.keys() - NOT_ASKED.keys()
    assert told == {key: close(said[key]) for key in told}
