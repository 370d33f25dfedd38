"""What steps would have had as effect: a message for the gate, a code, a call. Nothing is written, nothing given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hub.content.queries import get_published
from hub.content.rendering import PreparedTemplate
from hub.core.errors import NotFound
from hub.core.words import Channel
from hub.customers.objecting import list_objecting
from hub.loyalty.rows import PoolRow
from hub.loyalty.rules import Validity, end_of_grant, is_giving
from hub.outbox.promo_codes import shows_code
from hub.plans.looking.asked import World
from hub.plans.post import has_full_address
from hub.plans.replay.costs import Prices
from hub.plans.replay.passages import Letter, Walk
from hub.plans.replay.products import Products, needs
from hub.plans.replay.scripts import Script
from hub.plans.replay.tally import Tally
from hub.plans.replay.words import Table
from hub.plans.telling import DAY, tell
from hub.plans.walking import Decision, Position, skipped
from hub.plans.words import Skip, StepKind, StepOutcome

CODE = "code"


@dataclass(frozen=True)
class Due:
    """A step that was decided, at its moment."""

    at: datetime
    walk: Walk
    position: Position
    decision: Decision


@dataclass(frozen=True)
class Effect:
    """What the step came to: its decision, which may be to skip after all, and what the passage remembers of it."""

    decision: Decision
    letter: Letter | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


class Doors:
    """`pools` by key; templates are looked up once."""

    def __init__(
        self, script: Script, world: World, *, pools: Mapping[str, PoolRow], prices: Prices, tally: Tally
    ) -> None:
        self._world = world
        self._pools = pools
        self._prices = prices
        self._tally = tally
        self._products = Products(script.plan_id, world)
        self._templates: dict[tuple[str, str], PreparedTemplate | None] = {}
        kinds = {step.kind for step in script.definition.steps}
        asked = kinds & {StepKind.POSTAL, StepKind.TASK}
        self._objecting = list_objecting(set(world.customers)) if asked else frozenset()
        self._works: Mapping[StepKind, Callable[[Due], Effect]] = {
            StepKind.SEND: self._write,
            StepKind.PROMO: self._give,
            StepKind.TASK: self._call,
            StepKind.NOTIFY: self._tell,
            StepKind.POSTAL: self._post,
        }

    def take_effect(self, dues: Sequence[Due]) -> list[Effect]:
        """Of each step in their order; of kinds that stand not here nothing can go wrong."""
        found = [self._effect(due) for due in dues]
        letters = [each.letter for each in found if each.letter]
        lacking = (
            self._products.list_without(
                [(due.at, each.letter) for due, each in zip(dues, found, strict=True) if each.letter]
            )
            if letters
            else set()
        )
        return [
            Effect(skipped(each.decision, Skip.NO_PRODUCT))
            if each.letter and id(each.letter) in lacking
            else each
            for each in found
        ]

    def _effect(self, due: Due) -> Effect:
        work = self._works.get(due.position.step.kind)
        is_done = due.decision.outcome in {StepOutcome.POSTED, StepOutcome.DONE}
        return work(due) if work and is_done else Effect(due.decision)

    def note_sent(self, letter: Letter) -> None:
        """It left: its code is seen, its text costs."""
        if letter.pool:
            self._tally.add(Table.CODES, letter.pool)
        given = letter.walk.values.get(CODE)
        if given and not given.get("is_seen") and not letter.pool and shows_code(letter.template):
            letter.walk.values = {**letter.walk.values, CODE: {**given, "is_seen": True}}
            self._tally.add(Table.CODES, given["pool"])
        if letter.step.channel is Channel.SMS:
            self._prices.note(letter, self._tally)

    def _write(self, due: Due) -> Effect:
        walk, step = due.walk, due.position.step
        row = self._world.customers[walk.customer_id]
        template = self._template(due.decision.template, row.language)
        if template is None:
            return Effect(skipped(due.decision, Skip.NO_TEMPLATE))
        given = None if step.pool else walk.values.get(CODE)
        if not given and not step.pool and needs(template, "promo_code"):
            return Effect(skipped(due.decision, Skip.NO_CODE))
        order = self._world.orders.get(walk.order_id)
        own_end = self._end_of_code(step.pool, due.at) if step.pool and shows_code(template) else None
        ends = [due.position.planned_at + timedelta(minutes=step.expires_minutes)]
        ends += [own_end] if own_end else []
        ends += [datetime.fromisoformat(given["ends_at"])] if given else []
        letter = Letter(
            number=0,
            walk=walk,
            position=due.position,
            template=template,
            recipient=row.mail if step.channel is Channel.EMAIL else row.phone,
            store_id=order.store_id if order else row.preferred_store_id,
            expires_at=min(ends),
            pool=step.pool if own_end else "",
        )
        is_notice = any(spec.name == DAY for spec in template.specs)
        return Effect(due.decision, letter, tell(due.position, due.at) if is_notice else {})

    def _template(self, key: str, language: str) -> PreparedTemplate | None:
        if (key, language) not in self._templates:
            try:
                self._templates[key, language] = get_published(key, language)
            except NotFound:
                self._templates[key, language] = None
        return self._templates[key, language]

    def _give(self, due: Due) -> Effect:
        pool = due.position.step.pool
        ends_at = self._end_of_code(pool, due.at)
        if ends_at is None:
            return Effect(skipped(due.decision, Skip.NO_CODE))
        return Effect(due.decision, values={CODE: {"pool": pool, "ends_at": ends_at.isoformat()}})

    def _end_of_code(self, key: str, at: datetime) -> datetime | None:
        """When a code given then would end; None when the pool gives none. However many codes are left: that is shown."""
        pool = self._pools.get(key)
        if pool is None:
            return None
        validity = Validity(pool.starts_at, pool.ends_at, pool.valid_days)
        if not is_giving(validity, is_active=pool.is_active, now=at):
            return None
        return end_of_grant(validity, at)

    def _call(self, due: Due) -> Effect:
        """Nobody is called without a number, nor who objects to what a plan advertises."""
        if not self._world.customers[due.walk.customer_id].phone:
            return Effect(skipped(due.decision, Skip.NO_CALL))
        objects = due.position.definition.is_advertising and due.walk.customer_id in self._objecting
        return Effect(skipped(due.decision, Skip.OBJECTS) if objects else due.decision)

    def _tell(self, due: Due) -> Effect:
        """News need a store to be told to."""
        row = self._world.customers[due.walk.customer_id]
        has_store = due.walk.order_id in self._world.orders or row.preferred_store_id is not None
        return Effect(due.decision if has_store else skipped(due.decision, Skip.NOBODY))

    def _post(self, due: Due) -> Effect:
        """A letter needs an address, and nobody who objects to advertising gets one."""
        row = self._world.customers[due.walk.customer_id]
        if not has_full_address(row):
            return Effect(skipped(due.decision, Skip.NO_ADDRESS))
        objects = row.id in self._objecting
        return Effect(skipped(due.decision, Skip.OBJECTS) if objects else due.decision)
