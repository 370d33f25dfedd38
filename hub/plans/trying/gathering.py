"""Tries a plan with a real customer: looks up what is known of him, and lets the walk decide. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from hub.content.queries.published import list_published
from hub.content.rendering import PreparedTemplate
from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.customers.properties import list_definitions
from hub.customers.queries import CustomerRow, get_customer
from hub.loyalty.queries import list_giving
from hub.orders.queries import get_orders
from hub.outbox.following import list_held
from hub.outbox.foreseeing import Foreseen, Foresight, Passed, Wish
from hub.plans.definitions import Condition, Definition, Step
from hub.plans.gather import Zones, subject_of
from hub.plans.looking.asked import World
from hub.plans.looking.table import look_up
from hub.plans.models import Enrolment, Plan
from hub.plans.queries import find_plan, list_customer_enrolments
from hub.plans.rules import draw_arm, due_of, household_of
from hub.plans.telling import DAY
from hub.plans.trying.rows import Seed, Trial
from hub.plans.trying.rules import walk
from hub.plans.trying.seeding import seed_of
from hub.plans.walking import Knows, Position, all_hold
from hub.plans.words import Arm, Ask, EnrolmentState, Skip, StepKind, Trigger

OF_THE_MOMENT = frozenset({Ask.WEEKDAY, Ask.FIRST_MESSAGE_SENT, Ask.ASKED_RECENTLY, Ask.REGION, Ask.BOUNCED})
"""Asked for the moment of the step; everything else is as it is known now."""


@dataclass
class KnownNow:
    """The oracle of a real customer. `templates` are those published in his language, `pools` those with a code left."""

    customer: CustomerRow
    world: World
    gate: Foresight
    templates: Mapping[str, PreparedTemplate]
    pools: frozenset[str]
    properties: frozenset[str]
    now: datetime
    store_id: int | None
    priority: int
    static: Knows
    asked: dict[tuple[object, ...], bool | None] = field(default_factory=dict)

    def knows(self, position: Position, step: Step, at: datetime) -> Knows:
        def ask(condition: Condition) -> bool | None:
            if condition.ask not in OF_THE_MOMENT:
                return self.static(condition)
            memo = (condition.key, at, step.key)
            if memo not in self.asked:
                subject = subject_of(position, now=at)
                self.asked[memo] = look_up([(subject, [condition])], self.world)[0](condition)
            return self.asked[memo]

        return ask

    def post(
        self, step: Step, template: str, at: datetime, planned_at: datetime, passed: Sequence[Passed]
    ) -> Foreseen:
        return self.gate.judge(
            Wish(
                channel=step.channel,
                purpose=step.purpose,
                template_version_id=self.templates[template].id,
                due_at=at,
                expires_at=planned_at + timedelta(minutes=step.expires_minutes),
                theme=step.theme,
                store_id=self.store_id,
                priority=self.priority,
            ),
            passed,
        )

    def why_not(self, step: Step, template: str, *, has_code: bool) -> Skip | None:
        if step.is_send:
            if template not in self.templates:
                return Skip.NO_TEMPLATE
            needs_code = any(
                spec.name == "promo_code" and spec.is_required and not spec.fallback
                for spec in self.templates[template].specs
            )
            return Skip.NO_CODE if needs_code and not has_code and step.pool not in self.pools else None
        reasons = {
            StepKind.PROMO: Skip.NO_CODE if step.pool not in self.pools else None,
            StepKind.TASK: Skip.NO_CALL if not self.customer.phone else None,
            StepKind.PROPERTY: (
                Skip.UNKNOWN_PROPERTY if step.details.get("property") not in self.properties else None
            ),
        }
        return reasons.get(step.kind)

    def is_notice(self, template: str) -> bool:
        return any(spec.name == DAY for spec in self.templates[template].specs)


def try_plan(
    *, plan_key: str, definition: Definition, customer_id: int, on: Trigger | None = None, now: datetime
) -> Trial:
    """What would happen to this customer if he entered now, by `on` where there are several ways in. Raises NotFound."""
    plan = find_plan(plan_key)
    if plan is None:
        raise NotFound(N_("This plan does not exist. Please choose one of the list."))
    customer = get_customer(customer_id)
    zone = Zones.of([customer]).zone_of(customer)
    seed = seed_of(definition.entry, customer, on=on, now=now)
    oracle = _open(plan, definition, customer, seed, zone, now=now)
    entry = tuple((clause, all_hold([clause], oracle.static)) for clause in definition.entry.when)
    held = list_held([customer.id]).get(customer.id, frozenset()) if definition.held_purposes else frozenset()
    return Trial(
        customer=customer,
        arm=_arm_of(plan, customer),
        time_zone=zone,
        language=customer.language,
        seed=seed,
        entry=entry,
        steps=walk(
            definition, seed, oracle, customer_id=customer.id, time_zone=zone, now=max(now, seed.anchor_at),
            held=held,
        ),
        inside=next(
            (
                each
                for each in list_customer_enrolments(customer.id)
                if each.plan_key == plan_key and each.state is EnrolmentState.WAITING
            ),
            None,
        ),
    )  # fmt: skip


def _open(
    plan: Plan, definition: Definition, customer: CustomerRow, seed: Seed, zone: str, *, now: datetime
) -> KnownNow:
    order_ids = [seed.values["order_id"]] if "order_id" in seed.values else []
    world = World({customer.id: customer}, get_orders(order_ids))
    order = world.orders.get(order_ids[0]) if order_ids else None
    versions = list_published({key for step in definition.steps for key in step.templates})
    spoken = Language(customer.language)
    return KnownNow(
        customer=customer,
        world=world,
        gate=Foresight(customer, now),
        templates={key: each for (key, language), each in versions.items() if language is spoken},
        pools=list_giving({step.pool for step in definition.steps if step.pool}, now=now),
        properties=_known_properties(definition),
        now=now,
        store_id=order.store_id if order else customer.preferred_store_id,
        priority=plan.priority,
        static=_ask_all(definition, customer, seed, zone, world, now=now),
    )


def _known_properties(definition: Definition) -> frozenset[str]:
    """Asked only for a plan that writes one."""
    is_writing = any(step.kind is StepKind.PROPERTY for step in definition.steps)
    return frozenset(each.key for each in list_definitions()) if is_writing else frozenset()


def _ask_all(
    definition: Definition, customer: CustomerRow, seed: Seed, zone: str, world: World, *, now: datetime
) -> Knows:
    """Every question of the plan once, as it is known now."""
    first = definition.steps[0]
    position = Position(
        customer_id=customer.id,
        arm=Arm.TREATED,
        definition=definition,
        step=first,
        anchor_at=seed.anchor_at,
        due_at=due_of(first, seed.anchor_at, seed.values, time_zone=zone),
        values=seed.values,
        time_zone=zone,
    )
    questions: Sequence[Condition] = [
        *(leaf for clause in definition.entry.when for leaf in clause.leaves),
        *(each for step in definition.steps for each in definition.questions[step.key]),
        *(each.question for each in definition.exits),
    ]
    return look_up([(subject_of(position, now=now), list(dict.fromkeys(questions)))], world)[0]


def _arm_of(plan: Plan, customer: CustomerRow) -> Arm:
    """That of an earlier passage, else as it would be drawn."""
    before = db.session.scalar(
        select(Enrolment.arm)
        .where(Enrolment.plan_id == plan.id, Enrolment.customer_id == customer.id)
        .order_by(Enrolment.id.desc())
        .limit(1)
    )
    if before is not None and plan.control_percent:
        return before
    return draw_arm(
        plan.key, household_of(customer.street, customer.postcode) or customer.id, plan.control_percent
    )
