"""Looks up what the checks of a plan must know, in a handful of statements."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select

from hub.content.queries.published import leads_to_reviews, list_published
from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.customers.languages import count_languages
from hub.customers.properties import list_definitions
from hub.loyalty.queries import list_pools
from hub.outbox import quiet_hours
from hub.outbox.policy import get_policy
from hub.outbox.rules import CHOOSABLE, Policy
from hub.plans.builtin import POST_PURCHASE_SURVEY
from hub.plans.checking.codes import WINDOW_DAYS
from hub.plans.checking.known import Known, KnownPool, KnownSegment, KnownTemplate
from hub.plans.definitions import Definition
from hub.plans.models import Enrolment, Plan, StepRun
from hub.plans.words import Ask, EnrolmentState
from hub.segments.saved.queries import list_names
from hub.segments.saved.scores import list_asking_scores
from hub.segments.values.defining import get_definitions
from hub.stores.properties import list_words
from hub.stores.queries import ChainRow, get_chain

ANSWERED_BY: Mapping[str, frozenset[str]] = {POST_PURCHASE_SURVEY: frozenset({"thank"})}
"""By plan the steps that answers of customers lead to (hub/reactions/planning.py)."""
LOOKED_BACK = 2_000
LEAST_ENDED = 20
DAY_MINUTES = 24 * 60
Kind = tuple[Channel, Purpose]


def get_known(plan: Plan, definition: Definition, *, now: datetime) -> Known:
    """The world as the checks of this plan see it."""
    chain, policy = get_chain(), get_policy()
    spans = _spans(policy)
    return Known(
        now=now,
        languages={chain.language: 0, **count_languages()},
        templates=_templates(definition, chain),
        pools={
            row.key: KnownPool(
                name=row.name,
                ends_at=row.ends_at,
                left_count=row.left_count,
                valid_days=row.valid_days,
                is_active=row.is_active,
            )
            for row in list_pools()
        },
        segments=_segments(definition),
        properties=frozenset(each.key for each in list_definitions()),
        tiers=frozenset(tier.key for tier in get_definitions().tiers),
        regions=list_words(),
        entry_count=_count_entries(plan.id, since=now - timedelta(days=WINDOW_DAYS)),
        reached=_reached(plan.id, definition),
        control_percent=plan.control_percent,
        closed_minutes={kind: _closed(span) for kind, span in spans.items()},
        caps=policy.caps,
        opens={kind: (span.hours.opens, span.hours.closes) for kind, span in spans.items()},
        needed_steps=ANSWERED_BY.get(plan.key, frozenset()),
        has_shop=bool(chain.website_url),
    )


def _templates(definition: Definition, chain: ChainRow) -> dict[str, KnownTemplate]:
    versions = list_published({key for step in definition.steps for key in step.templates})
    links = [chain.review_url] if chain.review_url else []
    found = {}
    for wanted in {key for key, _ in versions}:
        mine = {language: each for (key, language), each in versions.items() if key == wanted}
        some = next(iter(mine.values()))
        found[wanted] = KnownTemplate(
            purpose=Purpose(some.purpose),
            languages=frozenset(mine),
            sms_languages=frozenset(language for language, each in mine.items() if each.sms_text),
            needed=frozenset(
                spec.name
                for each in mine.values()
                for spec in each.specs
                if spec.is_required and not spec.fallback
            ),
            shown=frozenset(spec.name for each in mine.values() for spec in each.specs),
            has_review=any(leads_to_reviews(each, links) for each in mine.values()),
        )
    return found


def _segments(definition: Definition) -> dict[int, KnownSegment]:
    leaves = [leaf for clause in definition.entry.when for leaf in clause.leaves]
    leaves += [leaf for step in definition.steps for leaf in step.leaves]
    wanted = {leaf.params["id"] for leaf in leaves if leaf.ask is Ask.SEGMENT}
    if not wanted:
        return {}
    asking = list_asking_scores(wanted)
    return {each: KnownSegment(name, each in asking) for each, name in list_names() if each in wanted}


def _count_entries(plan_id: int, *, since: datetime) -> int:
    counted = select(func.count()).where(Enrolment.plan_id == plan_id, Enrolment.entered_at > since)
    return db.session.scalar(counted) or 0


def _reached(plan_id: int, definition: Definition) -> dict[str, float]:
    """Which share of the last passages that have ended came to each step; nothing of too few, and of a new step."""
    ended = (
        select(Enrolment.id)
        .where(Enrolment.plan_id == plan_id, Enrolment.state == EnrolmentState.ENDED)
        .order_by(Enrolment.id.desc())
        .limit(LOOKED_BACK)
        .subquery()
    )
    count = db.session.scalar(select(func.count()).select_from(ended)) or 0
    if count < LEAST_ENDED:
        return {}
    runs = (
        select(StepRun.step_key, func.count())
        .where(StepRun.enrolment_id.in_(select(ended.c.id)))
        .group_by(StepRun.step_key)
    )
    known = dict(db.session.execute(runs).all())
    return {step.key: known[step.key] / count for step in definition.steps if step.key in known}


def _spans(policy: Policy) -> dict[Kind, quiet_hours.Span]:
    kinds = [(channel, purpose) for channel in (Channel.EMAIL, Channel.SMS) for purpose in Purpose]
    found = {
        kind: quiet_hours.span_for(
            *kind, policy.mail_hours, policy.sms_hours, is_choosable=kind[1] in CHOOSABLE
        )
        for kind in kinds
    }
    return {kind: span for kind, span in found.items() if span is not None}


def _closed(span: quiet_hours.Span) -> int:
    """The longest time in which nothing may arrive; a holiday beside a Sunday makes it longer yet."""
    night = DAY_MINUTES - (span.hours.closes - span.hours.opens) * 60
    return night if span.is_every_day else night + DAY_MINUTES
