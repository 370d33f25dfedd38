"""What happens beside the tickets of the worked chain: orders, answers, ratings, gestures, messages and a night of the base.

Six customers with a mail address: Ann, Ben, Cid and Fay prefer Lyon, Dan and Eve Lille. All times are of Paris, April 2026.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.facts import FactQueueRow
from hub.core.words import Channel, Language, Purpose
from hub.customers.actions import suppress
from hub.customers.models import Customer
from hub.customers.words import ConsentAction, SuppressionReason
from hub.inbox import actions
from hub.inbox.models import Gesture, Ticket, TicketRating
from hub.knowledge.actions import note_search
from hub.knowledge.models import KnowledgeUse
from hub.knowledge.words import SearchPlace
from hub.loyalty.queries import get_pool
from hub.orders.words import OrderState
from hub.outbox.models import DeliveryReceipt, OutboundMessage
from hub.outbox.tracking.models import LinkClick, MessageOpening
from hub.outbox.tracking.words import Opener, Sign, Visitor
from hub.outbox.words import BlockReason, MessageState, ReceiptKind
from hub.plans.actions import add_builtin_plans
from hub.segments.values import cohorts
from hub.segments.values.models import CustomerScore
from hub.segments.values.words import Stage
from hub.staff.queries import get_viewer
from hub.staff.words import Role
from hub.statistics.base.working import keep_night
from hub.surveys.actions import InvitationDraft, add_builtin_survey, confirm_answer, invite
from hub.surveys.links import token_of
from hub.surveys.models import Invitation
from hub.surveys.rules import Confirmation
from hub.surveys.words import Choice
from tests.conftest import HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import make_received
from tests.makers.loyalty import make_pool
from tests.makers.orders import make_order
from tests.makers.outbox import give_consent, post_draft
from tests.makers.staff import make_agent
from tests.makers.statistics import gather_all
from tests.makers.worked_chain import ASKED_AT, Beside, WorkedChain, make_worked_chain, moment, settle

# (who, store, day of April, cents, cents that came back, cancelled)
ORDERS = (
    ("Ann", "LYO", 4, 10_000, 0, False),
    ("Ben", "LYO", 4, 5_000, 2_000, False),
    ("Cid", "LYO", 7, 3_000, 0, False),
    ("Dan", "LIL", 5, 6_000, 0, False),
    ("Eve", "LIL", 6, 4_000, 0, False),
    ("Fay", "LYO", 7, 8_000, 0, True),
)
FIRST_BOUGHT_IN_FEBRUARY = ("Ann", "Dan", "Eve", "Fay")
# (who, day, time, answer): all six were asked on the 6th
ANSWERS = (
    ("Ann", 7, "09:00", Choice.VERY_SATISFIED),
    ("Ben", 7, "09:20", Choice.SATISFIED),
    ("Cid", 7, "10:00", Choice.NOT_SATISFIED),
    ("Dan", 7, "11:00", Choice.VERY_SATISFIED),
    ("Eve", 8, "10:30", Choice.NOT_SATISFIED),
)
ALLOWED_OPENINGS = ("Ann", "Cid")
# Ticket of the story, or whose answer opened it, and the score after its solution: all on the 8th at 11:40
RATINGS = ((1, 3), (2, 2), (17, 3), (7, 1), ("Cid", 2))


class WorkedShop:
    """The people by name; the story of the tickets goes on meanwhile."""

    def __init__(self, session: Session, hand_clock: HandClock) -> None:
        self.session = session
        self.people: dict[str, Customer] = {}
        self.tokens: dict[str, str] = {}
        happenings: list[Beside] = [
            (moment(3, "09:00"), self._open),
            *((moment(day, hour), self._answer(name, choice)) for name, day, hour, choice in ANSWERS),
            (moment(7, "11:30"), self._write_to_cid),
            (moment(7, "12:00"), self._solve_cid),
            (moment(8, "11:00"), self._give),
            (moment(8, "11:30"), self._lose_a_ticket),
            (moment(8, "11:40"), self._rate),
        ]
        self.chain = make_worked_chain(session, hand_clock, sorted(happenings, key=lambda each: each[0]))
        self._send()
        self._search()
        self._count()
        settle()
        assert self.session.scalar(select(FactQueueRow.fact_id).limit(1)) is None, "every fact had its effect"
        gather_all()

    def ticket_of(self, name: str) -> int:
        """The one that an answer opened."""
        of_answer = (Ticket.customer_id == self.people[name].id, Ticket.channel == Channel.SURVEY)
        return self.session.scalars(select(Ticket.id).where(*of_answer)).one()

    def _open(self, chain: WorkedChain, now: datetime) -> None:
        """People, orders and questions; a ticket of Friday 3 April, before the period, about the delivery too."""
        add_builtin_survey(now=now)
        add_builtin_plans(now=now)
        drafts, names = [], {}
        for name, code, day, cents, returned, is_cancelled in ORDERS:
            store_id = chain.stores[code].id
            who = make_customer(
                self.session,
                name,
                mail=f"{name.casefold()}@client.example",
                phone=None,
                preferred_store_id=store_id,
            )
            self.people[name] = who
            state = OrderState.CANCELLED if is_cancelled else OrderState.DELIVERED
            order = make_order(
                self.session, customer_id=who.id, store_id=store_id, external_id=f"P-{name}", state=state,
                placed_at=moment(day, "10:00"), total_cents=cents, returned_cents=returned,
            )  # fmt: skip
            if name in FIRST_BOUGHT_IN_FEBRUARY:
                make_order(
                    self.session, customer_id=who.id, store_id=store_id, external_id=f"F-{name}",
                    placed_at=moment(4, "10:00") - timedelta(days=50),
                )  # fmt: skip
            names[order.id] = name
            drafts.append(
                InvitationDraft(
                    order_id=order.id, customer_id=who.id, store_id=store_id, language=Language.FRENCH
                )
            )
        for order_id, invitation_id in invite(drafts, now=now).items():
            self.session.get_one(Invitation, invitation_id).accepted_at = moment(6, "10:00")
            self.tokens[names[order_id]] = token_of(invitation_id)
        early = make_received(
            now, from_address="early@client.example", recipients=(f"{chain.stores['LYO'].mailbox}@hub.example",),
            mail_message_id="<early@client.example>",
        ).ticket_id or 0  # fmt: skip
        actions.reply(ticket_id=early, text="Bonjour, voici.", by=chain.people["LYO"], now=moment(3, "11:00"))
        actions.change_reason(
            ticket_id=early, reason_id=chain.reasons["delivery"], by=chain.people["LYO"], now=now
        )

    def _answer(self, name: str, choice: Choice) -> Any:
        def act(_chain: WorkedChain, now: datetime) -> None:
            sent = Confirmation(choice, name, now - timedelta(seconds=9), now)
            confirm_answer(token=self.tokens[name], confirmation=sent, now=now, least_seconds=1)

        return act

    def _write_to_cid(self, chain: WorkedChain, now: datetime) -> None:
        actions.reply(
            ticket_id=self.ticket_of("Cid"), text="Bonjour, voici.", by=chain.people["LYO"], now=now
        )

    def _solve_cid(self, chain: WorkedChain, now: datetime) -> None:
        actions.solve(
            ticket_id=self.ticket_of("Cid"),
            reason_id=chain.reasons["delivery"],
            by=chain.people["LYO"],
            now=now,
        )

    def _give(self, chain: WorkedChain, now: datetime) -> None:
        """A voucher of 5 euros and a refund of 8 within the ceiling; of 12 granted and of 30 refused by the head office."""
        boss = get_viewer(
            make_agent(self.session, "Ines", email="ines@verel.example", role=Role.HEAD_OFFICE).id
        )
        pool = get_pool(
            make_pool(
                "GESTE1", name="Geste", discount_percent=None, discount_cents=500, ends_at=moment(30, "12:00")
            )
        )
        ada, bo = chain.people["LYO"], chain.people["LIL"]
        actions.offer_voucher(
            ticket_id=chain.tickets[18], pool_key=pool.key, text="Retard", key=None, by=ada, now=now
        )
        for ticket, cents, by, is_granted in (
            (2, 800, ada, None),
            (17, 1_200, bo, True),
            (1, 3_000, ada, False),
        ):
            gesture_id = actions.offer_refund(
                ticket_id=chain.tickets[ticket], amount_cents=cents, text="Casse", key=None, by=by, now=now
            )
            if is_granted is not None:
                self.session.flush()
                assert self.session.get_one(Gesture, gesture_id).decided_at is None
                actions.decide_gesture(gesture_id=gesture_id, is_granted=is_granted, viewer=boss, now=now)

    def _lose_a_ticket(self, _chain: WorkedChain, now: datetime) -> None:
        """A mail that names no store."""
        make_received(
            now, from_address="lost@client.example", recipients=("bonjour@verel.example",),
            mail_message_id="<lost@client.example>",
        )  # fmt: skip

    def _rate(self, chain: WorkedChain, now: datetime) -> None:
        for which, score in RATINGS:
            ticket_id = chain.tickets[which] if isinstance(which, int) else self.ticket_of(which)
            asked = select(TicketRating.id).where(TicketRating.ticket_id == ticket_id)
            rating_id = self.session.scalars(asked).one()
            page = actions.sign_page(rating_id, machine_now=now)
            actions.answer_rating(
                rating_id, score=score, comment="", page=page, machine_now=now + timedelta(seconds=9), now=now
            )

    def _send(self) -> None:
        """Four offers and two thanks with the review link leave on the 8th at 9:00; two offers never leave."""
        at = moment(8, "09:00")
        for name in ALLOWED_OPENINGS:
            give_consent(
                f"{name.casefold()}@client.example", Purpose.OPEN_MEASUREMENT, now=moment(3, "09:00")
            )
        for name in ("Ann", "Cid", "Dan"):
            give_consent(f"{name.casefold()}@client.example", now=moment(3, "09:00"))
        offer = self._post("Ann", at)
        self.session.add(MessageOpening(message_id=offer.id, opener=Opener.PROGRAM, first_at=at, last_at=at))
        self.session.add(
            LinkClick(
                message_id=offer.id,
                position=0,
                link_count=1,
                clicked_at=at,
                label=Visitor.HUMAN,
                sign=Sign.NONE,
            )
        )
        self._receipt(self._post("Ben", at, MessageState.BOUNCED), ReceiptKind.HARD_BOUNCE)
        suppress("ben@client.example", reason=SuppressionReason.HARD_BOUNCE, now=at)
        self._post("Cid", at)
        give_consent("cid@client.example", action=ConsentAction.WITHDRAWN, now=at + timedelta(hours=1))
        self._receipt(self._post("Dan", at), ReceiptKind.COMPLAINT)
        for name in ("Ann", "Ben"):
            thanks = self._post(name, at, purpose=Purpose.SERVICE)
            thanks.values = {"words": "Merci", "review_url": "https://www.verel.example/avis"}
        self._post("Eve", at, MessageState.BLOCKED, reason=BlockReason.NO_CONSENT)
        self._post("Fay", at, MessageState.FAILED)
        self.session.flush()

    def _post(
        self,
        name: str,
        at: datetime,
        state: MessageState = MessageState.ACCEPTED,
        *,
        purpose: Purpose = Purpose.PROMOTION,
        **fields: Any,
    ) -> OutboundMessage:
        who = self.people[name]
        row = post_draft(
            self.session,
            f"{name}:{purpose}",
            purpose=purpose,
            customer_id=who.id,
            store_id=who.preferred_store_id,
        )
        has_left = state in {MessageState.ACCEPTED, MessageState.BOUNCED}
        known = {
            "state": state, "recipient": f"{name.casefold()}@client.example", "ended_at": at,
            "accepted_at": at if has_left else None,
            "is_opening_measured": has_left and name in ALLOWED_OPENINGS,
        }  # fmt: skip
        for field, value in (known | fields).items():
            setattr(row, field, value)
        self.session.flush()
        return row

    def _receipt(self, row: OutboundMessage, kind: ReceiptKind) -> None:
        self.session.add(DeliveryReceipt(message_id=row.id, kind=kind, reference=kind, received_at=ASKED_AT))

    def _search(self) -> None:
        """An article went into ticket 2; four searches in the period, one of them in vain, and one after it."""
        two = self.chain.tickets[2]
        self.session.add(KnowledgeUse(ticket_id=two, message_id=1, likeness=100, used_at=ASKED_AT))
        for day, place, found in ((5, SearchPlace.HELP, 0), (6, SearchPlace.STAFF, 3), (7, SearchPlace.HELP, 3),
                                  (7, SearchPlace.STAFF, 1), (9, SearchPlace.HELP, 0)):  # fmt: skip
            note_search(
                words="retour", language=Language.FRENCH, place=place, found_count=found, now=moment(day, "10:00")
            )  # fmt: skip

    def _count(self) -> None:
        """Of the night three customers have a score; orders are put into cohorts."""
        for name, stage, r, f in (
            ("Ann", Stage.REGULAR, 5, 4),
            ("Ben", Stage.NEW, 5, 1),
            ("Cid", Stage.NEW, 5, 1),
        ):
            first_at = moment(4, "10:00")
            self.session.add(
                CustomerScore(
                    customer_id=self.people[name].id, stage=stage, r=r, f=f, m=f, first_order_at=first_at,
                    computed_at=ASKED_AT,
                )
            )  # fmt: skip
        self.session.flush()
        keep_night(now=ASKED_AT)
        cohorts.roll_up(now=ASKED_AT)
