"""How often customers react to messages: as seen at each step, else in the chain, else an order of magnitude."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from hub.core.db import db
from hub.core.words import Channel, Purpose
from hub.outbox.following import get_sendings
from hub.outbox.tracking.queries import get_first_clicks, get_first_openings
from hub.plans.definitions import Definition, Step
from hub.plans.replay.words import RateSource, Reaction
from hub.plans.walking import SENT
from hub.plans.words import Anchor, Ask, ExitReason

MOST = 20_000
"""The latest so many messages are looked at."""
ENOUGH = 50
"""From so many messages on their rate is told."""
USUAL: Mapping[Reaction, float] = {Reaction.OPENED: 0.30, Reaction.CLICKED: 0.05, Reaction.ANSWERED: 0.15}
"""Orders of magnitude from the trade, shown as such, where nothing was sent yet."""

_OF_PLAN = text("""
    SELECT run.step_key, run.outbound_id FROM step_runs AS run JOIN enrolments ON enrolments.id = run.enrolment_id
    WHERE enrolments.plan_id = :plan AND run.outcome = 'posted' AND run.outbound_id IS NOT NULL
    ORDER BY run.id DESC LIMIT :most
""")
_OF_CHAIN = text("""
    SELECT id FROM outbound_messages WHERE channel = :channel AND purpose = :purpose
        AND state IN ('accepted', 'delivered') ORDER BY id DESC LIMIT :most
""")
_ANSWERS = text("""
    SELECT count(*) AS asked, count(*) FILTER (WHERE answer_count > 0) AS answered FROM (
        SELECT answer_count FROM invitations WHERE accepted_at IS NOT NULL ORDER BY id DESC LIMIT :most) AS latest
""")


@dataclass(frozen=True)
class Rate:
    """A share from 0 to 1."""

    value: float
    source: RateSource


Table = dict[str, dict[Reaction, Rate]]


def asked_reactions(definition: Definition) -> frozenset[Reaction]:
    """What the version asks of messages; nothing else need be guessed."""
    asks = {leaf.ask for step in definition.steps for leaf in step.leaves}
    found = set()
    if asks & {Ask.OPENED, Ask.ENGAGED}:
        found.add(Reaction.OPENED)
    if asks & {Ask.CLICKED, Ask.ENGAGED}:
        found.add(Reaction.CLICKED)
    is_answer = any(step.is_branch and step.anchor is Anchor.ANSWER for step in definition.steps)
    if Ask.ANSWERED in asks or definition.find_exit(ExitReason.ANSWERED) or is_answer:
        found.add(Reaction.ANSWERED)
    return frozenset(found)


def get_rates(plan_id: int, definition: Definition, given: Mapping[Reaction, float]) -> Table:
    """By step that sends, the rates of what the version asks; `given` are those a marketer typed in."""
    wanted = asked_reactions(definition)
    sends = [step for step in definition.steps if step.is_send]
    seen = _seen(plan_id) if wanted - given.keys() else {}
    chain: dict[tuple[Channel, Purpose], Mapping[Reaction, float]] = {}
    return {
        step.key: {kind: _rate(kind, step, given, seen, chain) for kind in sorted(wanted)} for step in sends
    }


def _rate(
    kind: Reaction,
    step: Step,
    given: Mapping[Reaction, float],
    seen: Mapping[str, Mapping[Reaction, float]],
    chain: dict[tuple[Channel, Purpose], Mapping[Reaction, float]],
) -> Rate:
    if kind in given:
        return Rate(given[kind], RateSource.GIVEN)
    if kind is Reaction.ANSWERED:
        answered = _answered()
        return Rate(USUAL[kind], RateSource.USUAL) if answered is None else Rate(answered, RateSource.CHAIN)
    if kind in seen.get(step.key, {}):
        return Rate(seen[step.key][kind], RateSource.STEP)
    alike = (step.channel, step.purpose)
    if alike not in chain:
        named = {"channel": step.channel.value, "purpose": step.purpose.value, "most": MOST}
        chain[alike] = _share(db.session.scalars(_OF_CHAIN, named))
    found = chain[alike].get(kind)
    return Rate(USUAL[kind], RateSource.USUAL) if found is None else Rate(found, RateSource.CHAIN)


def _seen(plan_id: int) -> dict[str, Mapping[Reaction, float]]:
    ids: dict[str, list[int]] = {}
    for step_key, outbound_id in db.session.execute(_OF_PLAN, {"plan": plan_id, "most": MOST}):
        ids.setdefault(step_key, []).append(outbound_id)
    sendings = get_sendings([each for mine in ids.values() for each in mine]) if ids else {}
    return {
        step_key: _share(each for each in mine if each in sendings and sendings[each][0] in SENT)
        for step_key, mine in ids.items()
    }


def _share(outbound_ids: Iterable[int]) -> Mapping[Reaction, float]:
    """Of messages that left; {} of too few, and where nothing was ever seen: then nobody measured. Who clicks has read."""
    ids: Collection[int] = set(outbound_ids)
    if len(ids) < ENOUGH:
        return {}
    clicks = get_first_clicks(ids).keys()
    opened = get_first_openings(ids).keys() | clicks
    if not opened:
        return {}
    return {Reaction.OPENED: len(opened) / len(ids), Reaction.CLICKED: len(clicks) / len(ids)}


def _answered() -> float | None:
    asked, answered = db.session.execute(_ANSWERS, {"most": MOST}).one()
    return answered / asked if asked >= ENOUGH else None


def values_of(table: Table) -> dict[str, dict[Reaction, float]]:
    return {step: {kind: rate.value for kind, rate in found.items()} for step, found in table.items()}


def as_json(table: Table) -> dict[str, Any]:
    return {
        step: {kind.value: {"value": rate.value, "source": rate.source.value} for kind, rate in rates.items()}
        for step, rates in table.items()
    }
