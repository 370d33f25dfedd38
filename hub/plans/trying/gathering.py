"""Tries a plan with a real customer: looks up what is known of him, and lets the walk decide. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from hub.content.queries.published import ask_published
from hub.content.rendering import PreparedTemplate
from hub.core.questions import Question, Rows, answered, ask_together
from hub.customers.properties import list_definitions
from hub.customers.queries import CustomerRow, get_customer
from hub.loyalty.queries import ask_giving
from hub.outbox.foreseeing import Foreseen, Foresight, Passed, Wish, ask_foresight
from hub.plans.definitions import Condition, Definition, Step
from hub.plans.gather import Zones, subject_of
from hub.plans.looking.asked import LookUp, Subject, World
from hub.plans.looking.of_messages import asked_among
from hub.plans.looking.table import LOOK_UPS, ask_look_up, look_up
from hub.plans.models import Enrolment
from hub.plans.queries import PlanHead
from hub.plans.rules import draw_arm, due_of, household_of
from hub.plans.surveyed import ask_surveyed
from hub.plans.telling import DAY
from hub.plans.trying.rows import Seed, Trial
from hub.plans.trying.rules import AHEAD, walk
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
    look_ups: Mapping[Ask, LookUp]
    asked: dict[tuple[object, ...], bool | None] = field(default_factory=dict)

    def knows(self, position: Position, step: Step, at: datetime) -> Knows:
        def ask(condition: Condition) -> bool | None:
            if condition.ask not in OF_THE_MOMENT:
                return self.static(condition)
            memo = (condition.key, at, step.key)
            if memo not in self.asked:
                subject = subject_of(position, now=at)
                self.asked[memo] = look_up([(subject, [condition])], self.world, self.look_ups)[0](condition)
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
    plan: PlanHead, *, definition: Definition, customer_id: int, on: Trigger | None = None, now: datetime
) -> Trial:
    """What would happen to this customer if he entered now, by `on` where there are several ways in. Raises NotFound."""
    customer = get_customer(customer_id)
    zone = Zones.of([customer]).zone_of(customer)
    seed = seed_of(definition.entry, customer, on=on, now=now)
    oracle, passages = _look(plan, definition, customer, seed, zone, now=now)
    steps = walk(
        definition, seed, oracle, customer_id=customer.id, time_zone=zone, now=max(now, seed.anchor_at),
        held=oracle.gate.held if definition.held_purposes else frozenset(),
    )  # fmt: skip
    return Trial(
        customer=customer,
        arm=passages[0].arm if passages and plan.control_percent else _draw(plan, customer),
        time_zone=zone,
        language=customer.language,
        seed=seed,
        entry=tuple((clause, all_hold([clause], oracle.static)) for clause in definition.entry.when),
        steps=steps,
        is_inside=any(each.state is EnrolmentState.WAITING for each in passages),
    )


def _look(
    plan: PlanHead, definition: Definition, customer: CustomerRow, seed: Seed, zone: str, *, now: datetime
) -> tuple[KnownNow, Rows]:
    """All that the walk asks, and the earlier passages through the plan; together, as the engine asks for a batch."""
    order, questions = seed.order, _questions(definition)
    subject = _subject(definition, customer, seed, zone, now=now)
    is_asking = any(each.ask is Ask.ASKED_RECENTLY for each in questions)
    world = World({customer.id: customer}, {order.id: order} if order else {})
    (known,), gate, versions, pools, asked, passages = ask_together(
        ask_look_up([(subject, questions)], world),
        ask_foresight(customer, now=now),
        ask_published({key for step in definition.steps for key in step.templates}),
        ask_giving({step.pool for step in definition.steps if step.pool}, now=now),
        ask_surveyed([customer.id]) if is_asking else answered({}),
        _ask_passages(plan.id, customer.id),
    )
    oracle = KnownNow(
        customer=customer,
        world=world,
        gate=gate,
        templates={key: each for (key, spoken), each in versions.items() if spoken == customer.language},
        pools=pools,
        properties=_known_properties(definition),
        now=now,
        store_id=order.store_id if order else customer.preferred_store_id,
        priority=plan.priority,
        static=known,
        look_ups={**LOOK_UPS, Ask.ASKED_RECENTLY: asked_among(asked)},
    )
    return oracle, passages


def _questions(definition: Definition) -> list[Condition]:
    """Every question of the plan once, but for those that its own messages and the customer answer later."""
    later = [
        *(leaf for step in definition.steps for clause in step.when for leaf in clause.leaves),
        *(each.question for each in definition.exits),
    ]
    clauses = [
        *definition.entry.when,
        *(clause for step in definition.steps for each in step.variants for clause in each.when),
    ]
    now = [leaf for clause in clauses for leaf in clause.leaves]
    return list(dict.fromkeys([*now, *(each for each in later if each.ask not in AHEAD)]))


def _known_properties(definition: Definition) -> frozenset[str]:
    """Asked only for a plan that writes one."""
    is_writing = any(step.kind is StepKind.PROPERTY for step in definition.steps)
    return frozenset(each.key for each in list_definitions()) if is_writing else frozenset()


def _subject(
    definition: Definition, customer: CustomerRow, seed: Seed, zone: str, *, now: datetime
) -> Subject:
    """The customer at the first step."""
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
    return subject_of(position, now=now)


def _ask_passages(plan_id: int, customer_id: int) -> Question[Rows]:
    """The latest first."""
    mine = (Enrolment.plan_id == plan_id, Enrolment.customer_id == customer_id)
    return Question(
        (select(Enrolment.arm, Enrolment.state).where(*mine).order_by(Enrolment.id.desc()),), list[Any]
    )


def _draw(plan: PlanHead, customer: CustomerRow) -> Arm:
    household = household_of(customer.street, customer.postcode) or customer.id
    return draw_arm(plan.key, household, plan.control_percent)
