"""Two weeks of tickets and a birthday plan that ended, written into a running installation: something to ask figures about.

In the week before this one Lille answers within twenty minutes each day; Lyon does not on Monday, when 36 customers ask
where their delivery is and wait until the evening. The week before that, four asked. Run as `python -m
tests.running.last_weeks` in the environment of an installation; prints what it wrote as JSON.
"""

import json
import sys
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.app import create_app
from hub.core import clock
from hub.core.actor import Actor
from hub.core.db import db, transaction
from hub.core.words import ActorKind
from hub.customers.models import Customer
from hub.inbox.actions import receive_message, reply, solve
from hub.orders.models import Order
from hub.plans.models import Enrolment, Plan
from hub.plans.words import Arm, EnrolmentState, ExitReason
from hub.reasons.models import Reason
from hub.staff.models import Agent
from hub.stores.models import Store
from tests.makers.customers import make_customer
from tests.makers.inbox import make_incoming
from tests.makers.orders import make_order

PARIS = ZoneInfo("Europe/Paris")
QUICK = timedelta(minutes=20)
MONDAYS_DELIVERIES, LILLES_DAILY, BEFORE = 36, 8, 4
HEADS, TREATED_BUYERS, CONTROL_BUYERS = 120, 66, 36
WISHED = timedelta(days=60)


class Weeks:
    """Writes contacts, their replies and their ends through the actions of the inbox."""

    def __init__(self, today: datetime) -> None:
        self.monday = (today - timedelta(days=today.weekday() + 7)).date()
        self.stores = {row.code: row for row in db.session.scalars(select(Store))}
        self.reasons = {row.key: row.id for row in db.session.scalars(select(Reason))}
        self.agents = {
            "LYO": db.session.scalars(select(Agent).where(Agent.name == "Ada Martin")).one(),
            "LIL": db.session.scalars(select(Agent).where(Agent.name == "Bo Dubois")).one(),
        }
        self.count = 0

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(self.monday + timedelta(days=day), time(hour, minute), PARIS)

    def contact(self, code: str, subject: str, reason: str, *, came: datetime, answered: datetime) -> None:
        self.count += 1
        store, agent = self.stores[code], self.agents[code]
        incoming = make_incoming(
            from_address=f"week{self.count}@client.example",
            from_name=f"Semaine {self.count}",
            recipients=(f"{store.mailbox}@hub.example",),
            subject=subject,
            mail_message_id=f"<week-{self.count}@client.example>",
        )
        ticket_id = receive_message(incoming, now=came).ticket_id
        by = Actor(ActorKind.AGENT, agent_id=agent.id, name=agent.name)
        reply(ticket_id=ticket_id, text="Bonjour, voici.", by=by, now=answered)
        solve(ticket_id=ticket_id, reason_id=self.reasons[reason], by=by, now=answered + timedelta(minutes=1))


def write_weeks(today: datetime) -> None:
    weeks = Weeks(today)
    for _ in range(BEFORE):
        came = weeks.at(-5, 10, 30)
        weeks.contact("LYO", "Où est mon colis ?", "delivery.date", came=came, answered=came + QUICK)
    for number in range(MONDAYS_DELIVERIES):
        came = weeks.at(0, 10, number)
        weeks.contact("LYO", "Où est mon colis ?", "delivery.date", came=came, answered=weeks.at(0, 18, 30))
    for day in range(5):
        for number in range(LILLES_DAILY):
            came = weeks.at(day, 11, number)
            weeks.contact("LIL", "Ouverts lundi ?", "store.hours", came=came, answered=came + QUICK)


def write_birthdays(today: datetime) -> None:
    """Those who got a wish bought more often than those who got none."""
    plan = db.session.scalars(select(Plan).where(Plan.key == "birthday")).one()
    store_id = db.session.scalars(select(Store.id).where(Store.code == "LYO")).one()
    for arm, buyers in ((Arm.TREATED, TREATED_BUYERS), (Arm.CONTROL, CONTROL_BUYERS)):
        for number in range(HEADS):
            name = f"{arm}{number}"
            who = make_customer(db.session(), "Anniv", name, mail=f"{name}@client.example", phone=None)
            db.session.add(_wish(plan, who, arm, today - WISHED, key=name))
            if number < buyers:
                db.session.add(_order(who, store_id, today - WISHED + timedelta(days=5), key=name))


def _wish(plan: Plan, who: Customer, arm: Arm, entered_at: datetime, *, key: str) -> Enrolment:
    return Enrolment(
        plan_id=plan.id,
        version_id=plan.published_version_id,
        customer_id=who.id,
        entry_key=f"birthday:{key}",
        arm=arm,
        state=EnrolmentState.ENDED,
        anchor_at=entered_at,
        values={},
        entered_at=entered_at,
        ended_at=entered_at + timedelta(days=20),
        exit_reason=ExitReason.COMPLETED,
    )


def _order(who: Customer, store_id: int, placed_at: datetime, *, key: str) -> Order:
    return make_order(
        db.session(), customer_id=who.id, store_id=store_id, external_id=f"B-{key}", placed_at=placed_at,
        total_cents=8_000,
    )  # fmt: skip


def main() -> None:
    """Write, once, and tell."""
    with create_app().app_context(), transaction():
        today = clock.business_now().astimezone(PARIS)
        write_weeks(today)
        write_birthdays(today)
        reason = db.session.scalars(select(Reason.name_fr).where(Reason.key == "delivery.date")).one()
    told = {
        "monday_deliveries": MONDAYS_DELIVERIES,
        "replies": MONDAYS_DELIVERIES + 5 * LILLES_DAILY,
        "reason": reason,
        "treated": HEADS,
    }
    sys.stdout.write(f"{json.dumps(told)}\n")


if __name__ == "__main__":
    main()
