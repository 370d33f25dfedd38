"""A small random base of customers, in the database and as plain Python, to ask both the same questions."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from hub.content.models import MessageTemplate, TemplateVersion
from hub.content.words import TemplateState
from hub.core.facts import FactRow
from hub.core.text import fold
from hub.core.words import ActorKind, Channel, Language, Purpose
from hub.customers.imports.models import CustomerImport, ImportEffect
from hub.customers.imports.words import ImportState, UndoOutcome
from hub.customers.models import Address, ConsentEntry, ConsentState, Customer, ExternalId
from hub.customers.property_models import PropertyDefinition
from hub.customers.property_words import PropertyKind
from hub.customers.words import AddressKind, ConsentAction, LegalBasis, Title
from hub.loyalty.models import PromoCode, PromoPool, PromoRedemption
from hub.loyalty.words import PoolKind, RedemptionVerdict
from hub.orders.behaviour.models import Basket, BasketLine, Visit
from hub.orders.behaviour.words import BasketState, PageKind
from hub.orders.models import Order, OrderLine
from hub.orders.products.models import Product
from hub.orders.words import OrderState
from hub.outbox.models import Hold, OutboundMessage
from hub.outbox.tracking.models import LinkClick, MessageOpening
from hub.outbox.tracking.words import Opener, Sign, Visitor
from hub.outbox.words import MessageState, SendQueue
from hub.segments.conditions.fields import property_field
from hub.segments.models import Segment, SegmentMember
from hub.segments.values.models import CustomerScore
from hub.segments.values.words import RfmSegment, Stage
from hub.segments.words import SegmentKind
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain, make_region, make_store

SKUS = ("LAMPE-01", "VASE-02", "TAPIS-03")
FAMILIES = {"LAMPE-01": ("lampes", "premium"), "VASE-02": ("deco", "standard")}
TEMPLATES = ("small_welcome", "small_birthday")
STATIC_ID = 900
IMPORTS = (800, 801)
PROPERTIES = (
    property_field("pet_name", PropertyKind.TEXT, "Pet"),
    property_field("pet_count", PropertyKind.NUMBER, "Pets"),
    property_field("pet_since", PropertyKind.DATE, "Since"),
    property_field("pet_vaccinated", PropertyKind.BOOLEAN, "Vaccinated"),
    property_field("pet_kind", PropertyKind.CHOICE, "Kind", ("cat", "dog")),
)


@dataclass
class Person:
    """Everything that is known of one customer."""

    id: int
    row: dict[str, Any]
    kinds: set[str] = field(default_factory=set)
    has_card: bool = False
    imports: set[str] = field(default_factory=set)
    is_gone: bool = False
    orders: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    visits: list[dict[str, Any]] = field(default_factory=list)
    baskets: list[dict[str, Any]] = field(default_factory=list)
    promos: list[dict[str, Any]] = field(default_factory=list)
    consents: set[tuple[str, str]] = field(default_factory=set)
    score: dict[str, Any] | None = None
    open_tickets: set[int] = field(default_factory=set)
    has_grievance: bool = False
    is_kept: bool = False


@dataclass
class Base:
    people: list[Person]
    stores: list[int]
    regions: dict[int, int]
    pools: list[int]


class Filler:
    """Writes random rows and remembers them."""

    def __init__(self, session: Session, random: Random) -> None:
        self.session, self.random = session, random
        self.people: list[Person] = []
        make_chain(session)
        one, two = make_region(session), make_region(session, "Nord")
        lyon = make_store(session, region_id=one.id)
        lille = make_store(session, "Lille", code="LIL", region_id=two.id)
        self.stores = [lyon.id, lille.id]
        self.regions = {lyon.id: one.id, lille.id: two.id}
        self.versions = [self._template(key) for key in TEMPLATES]
        self.pools = [self._pool(number) for number in range(2)]
        for sku, (family, kind) in FAMILIES.items():
            self.add(Product(sku=sku, name=sku, sort_key=sku, family=family, range=kind, updated_at=TUESDAY))
        self.add(
            Segment(
                id=STATIC_ID, name="Kept", sort_key="kept", kind=SegmentKind.STATIC,
                definition={}, created_at=TUESDAY, updated_at=TUESDAY,
            )
        )  # fmt: skip
        for id_ in IMPORTS:
            self.add(
                CustomerImport(
                    id=id_, file_name="a.csv", digest="", size_bytes=1, state=ImportState.APPLIED,
                    created_at=TUESDAY, applied_at=TUESDAY, purge_at=TUESDAY,
                )
            )  # fmt: skip
        for each in PROPERTIES:
            key = each.key.removeprefix("property:")
            kind = {
                "pet_name": "text",
                "pet_count": "number",
                "pet_since": "date",
                "pet_vaccinated": "boolean",
            }
            self.add(
                PropertyDefinition(
                    key=key, family="pet", kind=PropertyKind(kind.get(key, "choice")), label=each.label,
                    description="-", choices=list(each.choices), created_at=TUESDAY, updated_at=TUESDAY,
                )
            )  # fmt: skip

    def add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def moment(self) -> datetime:
        return TUESDAY - timedelta(days=self.random.randint(0, 800), seconds=self.random.randint(1, 80_000))

    def _import(self, person: Person, number: int) -> None:
        """Every second customer came with a file, every fourth with two, and some of that was undone."""
        for place, id_ in enumerate(IMPORTS):
            if number % (2 + 2 * place) == 0:
                undone = UndoOutcome.RESTORED if number % 5 == 0 else None
                made: dict[str, Any] = {"before": {}, "after": {}, "made": {}, "undone": undone}
                self.add(ImportEffect(import_id=id_, row=number, customer_id=person.id, is_new=False, **made))
                if undone is None:
                    person.imports.add(str(id_))

    def _template(self, key: str) -> int:
        made = self.add(MessageTemplate(key=key, purpose=Purpose.SERVICE, created_at=TUESDAY))
        version = TemplateVersion(
            template_id=made.id, language=Language.FRENCH, number=1, state=TemplateState.PUBLISHED, subject="",
            source="", source_hash=key, html="", text="", variables=[], published_at=TUESDAY,
        )  # fmt: skip
        return int(self.add(version).id)

    def _pool(self, number: int) -> tuple[int, int]:
        pool = self.add(
            PromoPool(
                key=f"pool{number}", name="Pool", kind=PoolKind.SHARED, discount_percent=10, starts_at=TUESDAY,
                ends_at=TUESDAY, created_at=TUESDAY,
            )
        )  # fmt: skip
        code = self.add(PromoCode(pool_id=pool.id, code=f"CODE{number}", created_at=TUESDAY))
        return pool.id, code.id

    def person(self, number: int) -> Person:
        random = self.random
        first, last = random.choice(("Dora", "Emil", "")), random.choice(("Martin", "O'Brien", ""))
        born = date(random.randint(1940, 2010), random.choice((2, 3, 7)), random.randint(1, 28))
        row = {
            "first_name": first, "last_name": last, "sort_key": fold(f"{last} {first}"),
            "title": random.choice((Title.MADAM, Title.SIR, None)), "language": random.choice(list(Language)),
            "country": random.choice(("FR", "BE")), "postcode": random.choice(("69003", "59000", "")),
            "town": random.choice(("Lyon", "LILLE", "")), "company": random.choice(("", "Acme 100%", "acme_2")),
            "birth_on": random.choice((born, None, date(1984, 2, 29))), "created_at": self.moment(),
            "preferred_store_id": random.choice((*self.stores, None)), "properties": self._properties(),
            "updated_at": TUESDAY,
        }  # fmt: skip
        gone = random.choice((*[{}] * 9, {"archived_at": TUESDAY}, {"erased_at": TUESDAY}))
        made = self.add(Customer(**row, **gone))
        person = Person(made.id, row, is_gone=bool(gone))
        self.people.append(person)
        self._addresses(person, number)
        self._orders(person, number)
        self._messages(person, number)
        self._facts(person)
        self._rest(person)
        return person

    def _properties(self) -> dict[str, Any]:
        random = self.random
        values = {
            "pet_name": random.choice(("Rex", "Minou")),
            "pet_count": random.choice((1, 2, 2.5, "many")),
            "pet_since": (TUESDAY.date() + timedelta(days=random.randint(-400, 60))).isoformat(),
            "pet_vaccinated": random.choice((True, False)),
            "pet_kind": random.choice(("cat", "dog")),
        }
        return {key: value for key, value in values.items() if random.random() < 0.6}

    def _addresses(self, person: Person, number: int) -> None:
        known = (
            (AddressKind.MAIL, f"p{number}@client.example"),
            (AddressKind.PHONE, f"+3361234{number:04d}"),
        )
        for kind, value in known:
            if self.random.random() < 0.3:
                continue
            unconfirmed = TUESDAY if self.random.random() < 0.1 else None
            self.add(
                Address(
                    customer_id=person.id,
                    kind=kind,
                    value=value,
                    created_at=TUESDAY,
                    unconfirmed_since=unconfirmed,
                )
            )
            person.kinds.add(kind.value)
            channel = Channel.EMAIL if kind is AddressKind.MAIL else Channel.SMS
            for purpose in (Purpose.PROMOTION, Purpose.NEWSLETTER):
                action = self.random.choice((ConsentAction.GIVEN, ConsentAction.WITHDRAWN, None))
                if action:
                    self._consent(kind, value, channel, purpose, action)
                if action is ConsentAction.GIVEN and unconfirmed is None:
                    person.consents.add((channel.value, purpose.value))
        if self.random.random() < 0.4:
            self.add(ExternalId(customer_id=person.id, source="loyalty_card", value=f"C{number}"))
            person.has_card = True
        self._import(person, number)

    def _consent(
        self, kind: AddressKind, value: str, channel: Channel, purpose: Purpose, action: ConsentAction
    ) -> None:
        said = {
            "address_kind": kind, "address": value, "channel": channel, "purpose": purpose, "action": action,
            "legal_basis": LegalBasis.CONSENT, "happened_at": TUESDAY,
        }  # fmt: skip
        entry = self.add(
            ConsentEntry(**said, collection_point="till", actor_kind=ActorKind.SYSTEM, recorded_at=TUESDAY)
        )
        self.add(ConsentState(**said, entry_id=entry.id))

    def _orders(self, person: Person, number: int) -> None:
        for place in range(self.random.choice((0, 0, 1, 2, 4))):
            total = self.random.choice((1_000, 5_000, 12_345))
            order = {
                "store_id": self.random.choice(self.stores), "placed_at": self.moment(), "total_cents": total,
                "returned_cents": self.random.choice((0, 0, total)),
                "state": self.random.choice((OrderState.DELIVERED, OrderState.PAID, OrderState.CANCELLED)),
            }  # fmt: skip
            made = self.add(
                Order(
                    external_id=f"A{number}-{place}", customer_id=person.id, state_at=TUESDAY, currency="EUR",
                    created_at=TUESDAY, **order,
                )
            )  # fmt: skip
            skus = self.random.sample(SKUS, self.random.randint(1, 3))
            for position, sku in enumerate(skus, 1):
                self.add(
                    OrderLine(
                        order_id=made.id, position=position, sku=sku, name=sku, quantity=1, unit_price_cents=1
                    )
                )
            person.orders.append({**order, "skus": skus})
            if self.random.random() < 0.4:
                self._promo(person, made.id)

    def _promo(self, person: Person, order_id: int) -> None:
        pool, code = self.random.choice(self.pools)
        verdict = self.random.choice((RedemptionVerdict.VALID, RedemptionVerdict.TOO_LATE))
        moment = self.moment()
        self.add(
            PromoRedemption(
                order_id=order_id, customer_id=person.id, code=str(code), code_id=code, verdict=verdict,
                redeemed_at=moment,
            )
        )  # fmt: skip
        person.promos.append({"pool": pool, "is_valid": verdict is RedemptionVerdict.VALID, "at": moment})

    def _messages(self, person: Person, number: int) -> None:
        for place in range(self.random.choice((0, 1, 3))):
            version = self.random.randrange(2)
            moment = self.moment()
            message = {
                "purpose": self.random.choice((Purpose.PROMOTION, Purpose.SURVEY)),
                "channel": self.random.choice((Channel.EMAIL, Channel.SMS)),
                "state": self.random.choice((MessageState.DELIVERED, MessageState.BLOCKED)),
            }
            made = self.add(
                OutboundMessage(
                    uuid=f"{number}-{place}", key=f"{number}-{place}", queue=SendQueue.BULK, customer_id=person.id,
                    language=Language.FRENCH, template_version_id=self.versions[version], values={},
                    message_id=f"{number}-{place}", due_at=moment, created_at=moment, accepted_at=moment, **message,
                )
            )  # fmt: skip
            opened, clicked = self._seen(made.id)
            person.messages.append(
                {
                    **message,
                    "template": TEMPLATES[version],
                    "at": moment,
                    "opened": opened,
                    "clicked": clicked,
                }
            )

    def _seen(self, message_id: int) -> tuple[datetime | None, list[datetime]]:
        opened = None
        if self.random.random() < 0.6:
            moment, opener = self.moment(), self.random.choice((Opener.PROGRAM, Opener.APPLE))
            self.add(MessageOpening(message_id=message_id, opener=opener, first_at=moment, last_at=moment))
            opened = moment if opener is Opener.PROGRAM else None
        clicked = []
        for _ in range(self.random.choice((0, 1, 2))):
            moment, label = self.moment(), self.random.choice(list(Visitor))
            self.add(
                LinkClick(
                    message_id=message_id,
                    position=0,
                    link_count=1,
                    clicked_at=moment,
                    label=label,
                    sign=Sign.NONE,
                )
            )
            if label is Visitor.HUMAN:
                clicked.append(moment)
        return opened, clicked

    def _facts(self, person: Person) -> None:
        for number in range(self.random.choice((0, 1, 2))):
            store, score = self.random.choice(self.stores), self.random.choice((1, 2, 3))
            kind = self.random.choice(("SurveyAnswered", "TicketOpened", "TicketRated"))
            answer_id = person.id * 10 + number
            data = {
                "ticket_id": answer_id,
                "answer_id": answer_id,
                "store_id": store,
                "score": score,
                "channel": "email",
            }
            moment = self.moment()
            self.add(FactRow(kind=kind, customer_id=person.id, happened_at=moment, data=data))
            is_gone = kind == "SurveyAnswered" and self.random.random() < 0.3
            if is_gone:
                again = {"answer_id": answer_id}
                self.add(
                    FactRow(kind="AnswerReclassified", customer_id=person.id, happened_at=TUESDAY, data=again)
                )
            person.facts.append({**data, "kind": kind, "at": moment, "is_gone": is_gone})
            if kind == "TicketOpened":
                self._move(person, data)

    def _move(self, person: Person, data: dict[str, Any]) -> None:
        """Some tickets are given to another customer, some of them twice: they are open at the last one."""
        owner = person
        while self.random.random() < 0.4:
            owner = self.random.choice(self.people)
            self.add(
                FactRow(
                    kind="TicketRequesterChanged", customer_id=owner.id, happened_at=TUESDAY, data=dict(data)
                )
            )
        owner.open_tickets.add(data["ticket_id"])

    def _rest(self, person: Person) -> None:
        random = self.random
        for _ in range(random.choice((0, 1, 2))):
            visit = {
                "kind": random.choice(list(PageKind)),
                "sku": random.choice((*SKUS, None)),
                "family": random.choice(("deco", None)),
            }
            moment = self.moment()
            self.add(
                Visit(visit_key=f"{person.id}{moment}", customer_id=person.id, visited_at=moment, **visit)
            )
            person.visits.append({**visit, "at": moment})
        if random.random() < 0.5:
            state, sku, moment = random.choice(list(BasketState)), random.choice((*SKUS, None)), self.moment()
            basket = self.add(
                Basket(
                    external_id=f"B{person.id}", customer_id=person.id, state=state, total_cents=1, currency="EUR",
                    event_key="", touched_at=moment, created_at=moment,
                )
            )  # fmt: skip
            if sku:
                self.add(BasketLine(basket_id=basket.id, position=1, sku=sku, quantity=1, unit_price_cents=1))
            person.baskets.append({"state": state, "sku": sku, "at": moment})
        if random.random() < 0.7:
            standing = [order for order in person.orders if order["state"] is not OrderState.CANCELLED]
            net = sum(order["total_cents"] - order["returned_cents"] for order in standing)
            person.score = {
                "stage": random.choice(list(Stage)), "rfm_segment": random.choice((*RfmSegment, None)),
                "r": random.choice((None, 1, 5)), "f": random.choice((None, 2, 4)), "m": random.choice((None, 3)),
                "churn_points": random.randint(-12, 0), "historic_cents": net, "order_count": len(standing),
                "predicted_cents": random.choice((None, 5_000)), "tier": random.choice((None, "gold")),
            }  # fmt: skip
            self.add(CustomerScore(customer_id=person.id, churn_why=[], computed_at=TUESDAY, **person.score))
        if random.random() < 0.2:
            hold = {
                "purpose": Purpose.PROMOTION,
                "source_kind": "ticket",
                "source_id": person.id,
                "put_at": TUESDAY,
            }
            lifted = random.choice((None, TUESDAY))
            self.add(Hold(customer_id=person.id, reason="grievance", lifted_at=lifted, **hold))
            person.has_grievance = lifted is None
        if random.random() < 0.4:
            self.add(SegmentMember(segment_id=STATIC_ID, customer_id=person.id))
            person.is_kept = True


def fill_small_base(session: Session, *, seed: int, count: int) -> Base:
    """`count` customers with everything a condition may look at."""
    filler = Filler(session, Random(seed))
    people = [filler.person(number) for number in range(count)]
    return Base(people, filler.stores, filler.regions, [pool for pool, _ in filler.pools])
