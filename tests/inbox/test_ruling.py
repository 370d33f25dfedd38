"""Routing rules at work: when a ticket opens alone or with others, noted on it, counted, tried before they are on."""

from datetime import timedelta
from time import perf_counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.errors import Invalid
from hub.core.words import Channel
from hub.customers.models import ExternalId
from hub.inbox.actions import Directory, change_routing_order, open_ticket_from_answer, receive_new_contacts
from hub.inbox.actions.editing_rules import RuleDetails, move_rule, remove_rule, save_rule, switch_rule
from hub.inbox.models import RoutingOrder, RuleHit, Tag, Ticket, TicketTag
from hub.inbox.queries import list_events, list_routing_order
from hub.inbox.queries.rules import list_rules, list_versions
from hub.inbox.queries.trying import try_rule
from hub.inbox.routing import DEFAULT_ORDER, complete_order
from hub.inbox.routing_rules import Condition, Effects, from_content, to_content
from hub.inbox.routing_words import RuleAct, RuleField, RuleMatch, RuleTest
from hub.inbox.words import Priority, RouteSource
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_incoming, make_reason, make_received, viewer_of
from tests.makers.orders import make_order
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

F, T = RuleField, RuleTest


@pytest.fixture
def lyon(session: Session) -> Store:
    return make_house(session)


@pytest.fixture
def lille(session: Session, lyon: Store) -> Store:
    return make_store(session, "Lille", code="LIL", postcode="59000", phone="+33320000001")


@pytest.fixture
def cleo(session: Session, lyon: Store) -> Agent:
    return make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR)


def keep(cleo: Agent, *conditions: Condition, effects: Effects, name: str = "Rule", **fields: object) -> int:
    details = {"match": RuleMatch.ALL, "is_active": True, **fields}
    return save_rule(
        RuleDetails(name=name, conditions=conditions, effects=effects, **details),  # type: ignore[arg-type]
        by=actor_of(cleo),
        now=TUESDAY,
    )


def ask(field: RuleField, *values: str, test: RuleTest = T.IS) -> Condition:
    return Condition(field, test, values)


def get(session: Session, ticket_id: int | None) -> Ticket:
    session.expire_all()
    return session.get_one(Ticket, ticket_id)


def test_a_rule_sets_store_reason_priority_and_tags_and_says_why(
    session: Session, lyon: Store, lille: Store, cleo: Agent
) -> None:
    late = make_reason(session, "late", is_grievance=True)
    effects = Effects(store_id=lille.id, reason_id=late.id, priority="high", tags=("Presse",))
    rule_id = keep(cleo, ask(F.TEXT, "cassée"), effects=effects, name="Casse")
    ticket = get(session, make_received().ticket_id)
    assert (ticket.store_id, ticket.reason_id, ticket.priority) == (lille.id, late.id, Priority.HIGH)
    assert (ticket.route_source, ticket.route_detail) == (RouteSource.RULE, "Casse")
    assert ticket.is_grievance
    hit = session.scalars(select(RuleHit)).one()
    assert (hit.rule_id, hit.ticket_id, hit.version_number) == (rule_id, ticket.id, 1)
    assert [event.data["name"] for event in list_events(ticket.id) if event.action == "rule_applied"] == [
        "Casse"
    ]
    assert session.scalars(select(Tag.key).join(TicketTag).where(TicketTag.ticket_id == ticket.id)).all() == [
        "presse"
    ]
    assert list_rules(since=TUESDAY)[0].hit_count == 1
    assert list_rules(since=TUESDAY + timedelta(days=1))[0].hit_count == 0
    assert ticket.due_at is not None
    other = get(
        session,
        make_received(mail_message_id="<2@x>", subject="Bonjour", from_address="e@f.example").ticket_id,
    )
    assert (other.store_id, other.priority) == (lyon.id, Priority.NORMAL)


def test_tickets_taken_in_together_are_ruled_as_each_alone(
    session: Session, lyon: Store, lille: Store, cleo: Agent
) -> None:
    make_agent(session, store_ids=(lille.id,))
    late = make_reason(session, "late", is_grievance=True)
    keep(cleo, ask(F.TEXT, "lampe"), effects=Effects(store_id=lille.id, reason_id=late.id, tags=("a",)))
    alone = get(session, make_received(from_address="a@client.example", mail_message_id="<a@x>").ticket_id)
    together = receive_new_contacts(
        [make_incoming(from_address="b@client.example", mail_message_id="<b@x>")],
        now=TUESDAY,
        machine_now=TUESDAY,
        directory=Directory(),
    )
    ticket = get(session, together[0].ticket_id)
    for name in (
        "store_id",
        "reason_id",
        "priority",
        "route_source",
        "route_detail",
        "is_grievance",
        "due_at",
    ):
        assert getattr(ticket, name) == getattr(alone, name), name
    assert session.scalar(select(func.count()).select_from(RuleHit)) == 2
    assert session.scalar(select(func.count()).select_from(TicketTag)) == 2
    wanted = [event.action for event in list_events(alone.id)]
    assert [event.action for event in list_events(ticket.id)] == wanted


def test_an_unhappy_answer_is_ruled_too_and_customer_and_order_are_known(
    session: Session, lyon: Store, cleo: Agent
) -> None:
    dora = make_customer(session)
    order = make_order(session, customer_id=dora.id, store_id=lyon.id)
    keep(
        cleo,
        ask(F.STANDING, "new"),
        ask(F.ORDER_STATE, "delivered"),
        ask(F.ORDER_AMOUNT, "8000", test=T.AT_LEAST),
        ask(F.CHANNEL, "survey"),
        ask(F.OPEN_NOW, "yes"),
        effects=Effects(priority="urgent"),
    )
    given = {"order_id": order.id, "customer_id": dora.id, "store_id": lyon.id, "choice": "not_satisfied"}
    ticket_id = open_ticket_from_answer(
        **given, answer_id=1, score=1, comment="Non", is_confirmed=True, now=TUESDAY + timedelta(minutes=30)
    )
    assert get(session, ticket_id).priority is Priority.URGENT


def test_rules_that_are_off_removed_or_out_of_date_do_nothing(
    session: Session, lyon: Store, lille: Store, cleo: Agent
) -> None:
    by = actor_of(cleo)
    off = keep(cleo, ask(F.CHANNEL, "email"), effects=Effects(priority="low"), is_active=False)
    gone = keep(cleo, ask(F.CHANNEL, "email"), effects=Effects(priority="high"))
    closed = keep(cleo, ask(F.CHANNEL, "email"), effects=Effects(store_id=lille.id))
    lille.is_active = False
    remove_rule(rule_id=gone, by=by, now=TUESDAY)
    ticket = get(session, make_received().ticket_id)
    assert (ticket.priority, ticket.store_id) == (Priority.NORMAL, lyon.id)
    switch_rule(rule_id=off, is_active=True, by=by, now=TUESDAY)
    changed = get(session, make_received(mail_message_id="<2@x>", from_address="e@f.example").ticket_id)
    assert changed.priority is Priority.LOW
    move_rule(rule_id=closed, is_up=True, by=by, now=TUESDAY)
    assert [each.rule.id for each in list_rules(since=TUESDAY)] == [closed, off]
    acts = [(each.act, each.rule.version_number, each.saved_by) for each in list_versions(off)]
    assert acts == [(RuleAct.SWITCHED_ON, 2, "Cleo Petit"), (RuleAct.MADE, 1, "Cleo Petit")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"conditions": ()}, "conditions"),
        ({"conditions": (ask(F.TEXT),)}, "conditions"),
        ({"conditions": (ask(F.TEXT, " "),)}, "conditions"),
        ({"conditions": (ask(F.ORDER_AMOUNT, "much", test=T.AT_LEAST),)}, "conditions"),
        ({"conditions": (ask(F.TEXT, "x", test=T.AT_LEAST),)}, "conditions"),
        ({"effects": Effects()}, "effects"),
    ],
)
def test_a_rule_that_says_nothing_is_refused(
    session: Session, cleo: Agent, change: dict[str, object], field: str
) -> None:
    good = {
        "name": "Rule",
        "match": RuleMatch.ALL,
        "conditions": (ask(F.TEXT, "x"),),
        "effects": Effects(priority="low"),
    }
    with pytest.raises(Invalid) as refused:
        save_rule(RuleDetails(**{**good, **change}), by=actor_of(cleo), now=TUESDAY)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_chain_without_rules_pays_one_statement_a_batch(session: Session, lyon: Store) -> None:
    def open_some(directory: Directory, start: int) -> list[str]:
        with counted_statements() as seen:
            receive_new_contacts(
                [make_incoming(from_address=f"p{each}@c.example", mail_message_id=f"<{each}@c>") for each in range(start, start + 5)],
                now=TUESDAY, machine_now=TUESDAY, directory=directory,
            )  # fmt: skip
        return seen

    asked = [each for each in open_some(Directory(), 10) if "routing_rule" in each or "assignment" in each]
    assert len(asked) == 1


def test_a_trial_says_what_would_change_in_what_one_may_see_and_writes_nothing(
    session: Session, lyon: Store, lille: Store, cleo: Agent
) -> None:
    ada = make_agent(session, store_ids=(lille.id,))
    received = [
        make_received(
            from_address=f"a{each}@c.example", mail_message_id=f"<{each}@c>", text=text, recipients=(to,)
        )
        for each, (text, to) in enumerate(
            [
                ("une facture", "lyon-part-dieu@hub.example"),
                ("FACTURE", "lille@hub.example"),
                ("lampe", "lille@hub.example"),
            ]
        )
    ]
    content = to_content(RuleMatch.ALL, [ask(F.TEXT, "facture"), ask(F.WRITTEN_TO, "lyon-part-dieu@", "lille@")], Effects(store_id=lille.id, tags=("compta",)), stops=False)  # fmt: skip
    rule = from_content(content, rule_id=0, name="Factures", version_number=0, is_active=False)
    before = session.scalars(select(Ticket.updated_at).order_by(Ticket.id)).all()
    with counted_statements() as seen:
        trial = try_rule(rule, viewer_of(cleo), now=TUESDAY)
    assert not [each for each in seen if not each.lstrip().startswith(("SELECT", "WITH"))]
    assert (trial.ticket_count, trial.matched_count, trial.changed_count) == (3, 2, 2)
    assert trial.changed == {"store_id": 1, "tags": 2}
    sample = {each.number: (each.before, each.after) for each in trial.sample}
    first, second, _ = received
    assert sample[str(first.number)] == (
        {"store_id": lyon.id, "tags": None},
        {"store_id": lille.id, "tags": ("compta",)},
    )
    assert sample[str(second.number)][1] == {"tags": ("compta",)}
    narrow = try_rule(rule, viewer_of(ada, lille.id), now=TUESDAY)
    assert (narrow.ticket_count, narrow.matched_count) == (2, 1)
    assert session.scalars(select(Ticket.updated_at).order_by(Ticket.id)).all() == before
    assert session.scalar(select(func.count()).select_from(RuleHit)) == 0


def test_a_trial_of_a_thousand_tickets_takes_less_than_five_seconds(
    session: Session, lyon: Store, cleo: Agent
) -> None:
    for start in range(0, 1000, 100):
        receive_new_contacts(
            [
                make_incoming(
                    from_address=f"p{each}@c.example", mail_message_id=f"<{each}@c>", text="Bonjour " * 60
                )
                for each in range(start, start + 100)
            ],
            now=TUESDAY,
            machine_now=TUESDAY,
            directory=Directory(),
        )
    for number in range(20):
        keep(
            cleo,
            ask(F.TEXT, f"mot{number}", "bonsoir", "chaise*"),
            ask(F.STANDING, "loyal"),
            effects=Effects(priority="low"),
        )
    content = to_content(RuleMatch.ALL, [ask(F.TEXT, "bonjour")], Effects(priority="high"), stops=False)
    rule = from_content(content, rule_id=0, name="All", version_number=0, is_active=False)
    started = perf_counter()
    trial = try_rule(rule, viewer_of(cleo), now=TUESDAY)
    assert perf_counter() - started < 5
    assert (trial.ticket_count, trial.changed_count, len(trial.sample)) == (1000, 1000, 20)


def test_every_source_of_the_page_finds_its_store_and_says_by_what(
    session: Session, lyon: Store, lille: Store
) -> None:
    dora = make_customer(session, preferred_store_id=lille.id, postcode="")
    session.add(ExternalId(customer_id=dora.id, source="loyalty_card", value="770001"))
    emil = make_customer(session, "Emil", "Roux", mail="emil@c.example", phone=None, postcode="")
    make_order(session, customer_id=emil.id, store_id=lille.id, external_id="C-12345")
    nobody = {"recipients": ("bonjour@verel.example",), "from_address": "x@c.example"}
    cases = {
        RouteSource.ORDER_NUMBER: ({**nobody, "text": "commande C-12345"}, "C-12345"),
        RouteSource.STORE_ADDRESS: ({"recipients": ("lille@hub.example",), "from_address": "x2@c.example"}, "lille"),
        RouteSource.STORE_NUMBER: (
            {"channel": Channel.SMS, "phone": "+33699999999", "from_address": "", "recipients": ("+33320000001",), "mail_message_id": None, "key": "t1"},
            "+33320000001",
        ),
        RouteSource.STORE_FORM: ({**nobody, "from_address": "x3@c.example", "store_id": lille.id}, ""),
        RouteSource.RECENT_ORDER: ({**nobody, "from_address": "emil@c.example"}, "C-12345"),
        RouteSource.LOYALTY_CARD: ({**nobody, "from_address": "x4@c.example", "text": "Ma carte de fidélité : 770001"}, "770001"),
        RouteSource.PREFERRED_STORE: ({**nobody, "from_address": "dora@client.example"}, ""),
        RouteSource.POSTCODE: ({**nobody, "from_address": "x5@c.example", "text": "J’habite au 59000 Lille-Sud"}, "59000"),
        RouteSource.STORE_NAME: ({**nobody, "from_address": "x6@c.example", "text": "au magasin de lille"}, ""),
    }  # fmt: skip
    for number, (source, (fields, detail)) in enumerate(cases.items()):
        given = {"mail_message_id": f"<s{number}@c>", "text": "Bonjour", "subject": "Bonjour", **fields}
        ticket = get(session, make_received(**given).ticket_id)
        assert (ticket.route_source, ticket.store_id, ticket.route_detail) == (source, lille.id, detail), (
            source
        )
        assert ticket.route_confidence > 0
    assert set(cases) == set(DEFAULT_ORDER)


def test_the_domain_of_the_sender_and_a_number_beside_no_card_prove_nothing(
    session: Session, lyon: Store, lille: Store
) -> None:
    dora = make_customer(session, preferred_store_id=lille.id, mail="other@c.example")
    session.add(ExternalId(customer_id=dora.id, source="loyalty_card", value="770001"))
    ticket = get(
        session,
        make_received(
            from_address="someone@lille.example",
            reply_to="lille@lille.example",
            recipients=("bonjour@verel.example", "lille@elsewhere.example"),
            subject="Question",
            text="Bonjour, 770001",
        ).ticket_id,
    )
    assert (ticket.store_id, ticket.route_source, ticket.route_confidence) == (None, RouteSource.NONE, 0.0)


def test_an_order_kept_before_a_source_existed_gets_it_beside_its_neighbour(
    session: Session, cleo: Agent
) -> None:
    old = [
        each
        for each in reversed(DEFAULT_ORDER)
        if each not in {RouteSource.LOYALTY_CARD, RouteSource.STORE_NUMBER}
    ]
    session.add_all(
        RoutingOrder(source=each, position=place, is_active=True) for place, each in enumerate(old)
    )
    session.flush()
    found = list_routing_order()
    assert sorted(found) == sorted(DEFAULT_ORDER)
    assert [each for each in found if each in old] == old
    assert complete_order(DEFAULT_ORDER) == DEFAULT_ORDER
    change_routing_order(found, by=actor_of(cleo), now=TUESDAY)
    assert list_routing_order() == found
