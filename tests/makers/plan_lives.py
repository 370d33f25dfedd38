"""Scripted passages through a plan: who entered when in which arm, what was sent, what was ordered afterwards."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hub.core.words import Purpose
from hub.customers.models import Customer
from hub.orders.models import Order
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState
from hub.plans.models import Enrolment, Plan, PlanVersion, StepRun
from hub.plans.words import Arm, EnrolmentState, ExitReason, StepOutcome, VersionState
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.outbox import post_draft

ENTERED = TUESDAY - timedelta(days=60)


class Lives:
    """A plan of two steps on which lives are written by hand; everybody enters 60 days before Tuesday."""

    def __init__(self, session: Session, plan_key: str = "welcome_pack") -> None:
        self.session = session
        self.plan = Plan(
            key=plan_key,
            name_fr="Pack de bienvenue",
            name_en="Welcome pack",
            priority=50,
            control_percent=10,
            is_on=True,
            created_at=ENTERED,
        )
        session.add(self.plan)
        session.flush()
        self.count = 0
        self._publish(1, {"steps": [{"key": "welcome"}, {"key": "second_purchase"}]})

    def person(self, **fields: Any) -> Customer:
        self.count += 1
        mail = f"life{self.count}@client.example"
        return make_customer(self.session, f"Vie{self.count}", mail=mail, phone=None, **fields)

    def enter(
        self, customer: Customer, arm: Arm = Arm.TREATED, *, at: datetime = ENTERED, **fields: Any
    ) -> Enrolment:
        self.count += 1
        row = Enrolment(
            **{
                "plan_id": self.plan.id,
                "version_id": self.plan.published_version_id,
                "customer_id": customer.id,
                "entry_key": f"welcome:first-order:{self.count}",
                "arm": arm,
                "state": EnrolmentState.ENDED,
                "step_key": None,
                "anchor_at": at,
                "due_at": None,
                "values": {},
                "entered_at": at,
                "ended_at": at + timedelta(days=5),
                "exit_reason": ExitReason.COMPLETED,
                **fields,
            }
        )
        self.session.add(row)
        self.session.flush()
        return row

    def order(self, customer: Customer, *, days: float, store_id: int, **fields: Any) -> Order:
        """`days` after the entry of everybody."""
        self.count += 1
        placed_at = ENTERED + timedelta(days=days)
        known = {"external_id": f"L{self.count}", "placed_at": placed_at, "total_cents": 8990}
        return make_order(self.session, customer_id=customer.id, store_id=store_id, **{**known, **fields})

    def send(self, enrolment: Enrolment, step_key: str = "welcome", **fields: Any) -> OutboundMessage:
        """The message of a step as the provider took it."""
        message = post_draft(
            self.session,
            f"enrolment:{enrolment.id}:{step_key}",
            purpose=Purpose.PROMOTION,
            customer_id=enrolment.customer_id,
            source_kind="enrolment",
            source_id=enrolment.id,
        )
        sent_at = enrolment.entered_at + timedelta(days=1)
        for name, value in {"state": MessageState.ACCEPTED, "accepted_at": sent_at, **fields}.items():
            setattr(message, name, value)
        self.run(enrolment, step_key, StepOutcome.POSTED, outbound_id=message.id)
        return message

    def run(self, enrolment: Enrolment, step_key: str, outcome: StepOutcome, **fields: Any) -> None:
        ran_at = enrolment.entered_at + timedelta(days=1)
        known = {"enrolment_id": enrolment.id, "step_key": step_key, "outcome": outcome, "ran_at": ran_at}
        self.session.add(StepRun(**{**known, "reason": None, "outbound_id": None, **fields}))
        self.session.flush()

    def publish(self, **changes: Any) -> PlanVersion:
        """A version more, with these keys of the definition changed."""
        current = self.session.get_one(PlanVersion, self.plan.published_version_id)
        return self._publish(current.number + 1, {**current.definition, **changes})

    def _publish(self, number: int, definition: dict[str, Any]) -> PlanVersion:
        row = PlanVersion(
            plan_id=self.plan.id,
            number=number,
            state=VersionState.PUBLISHED,
            definition=definition,
            created_at=ENTERED,
            published_at=ENTERED,
        )
        self.session.add(row)
        self.session.flush()
        self.plan.published_version_id = row.id
        return row
