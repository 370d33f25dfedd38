"""Merging customers: what moves, who is found afterwards, what is protected, what is refused, who waits for whom."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.apart import list_put_off
from hub.core.audit import AuditEntry
from hub.core.db import db, transaction
from hub.core.errors import Conflict, Invalid
from hub.core.facts import FactRow
from hub.core.words import Purpose
from hub.customers import actions as customers
from hub.customers import queries
from hub.customers.contactability import get_contact_notes, get_suppressed, list_suppressions
from hub.customers.duplicates.comparing import compare_fields
from hub.customers.following import find_survivor, list_merged_ids
from hub.customers.merging.actions import forget_merges_of
from hub.customers.merging.models import CustomerMerge, MergeNote
from hub.customers.models import Address, ConsentEntry, ContactChoice, Customer
from hub.customers.rows import CustomerDetails
from hub.customers.words import AddressKind, SuppressionReason
from hub.identity.erasing import ask_erasure, work_erasures
from hub.identity.merging import collect_late_rows, merge_customers
from hub.identity.privacy_models import Erasure
from hub.identity.privacy_words import ErasureState
from hub.identity.unmerging import unmerge_customers
from hub.inbox.models import Ticket
from hub.orders.models import Order
from hub.plans.actions import add_builtin_plans
from hub.plans.models import Enrolment, Plan
from hub.plans.words import Arm, EnrolmentState, ExitReason
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, say_consent
from tests.makers.orders import make_order
from tests.makers.stores import make_store

LATER = TUESDAY + timedelta(days=1)


def two(session: Session) -> tuple[Customer, Customer]:
    """Dora, and Dora again with a new address."""
    dora = make_customer(session)
    again = make_customer(session, "", "", mail="dora.l@client.example", phone="+33612345679", postcode="")
    return dora, again


def test_orders_addresses_and_later_arrivals_find_the_survivor(session: Session) -> None:
    dora, again = two(session)
    order = make_order(session, customer_id=again.id, store_id=make_store(session).id, external_id="W-1")
    merge_customers(dora.id, [again.id], by=SYSTEM, now=LATER)
    assert session.get_one(Order, order.id, populate_existing=True).customer_id == dora.id
    late = Order(
        external_id="W-2",
        store_id=order.store_id,
        customer_id=again.id,
        state=order.state,
        placed_at=LATER,
        state_at=LATER,
        total_cents=1,
        currency="EUR",
        created_at=LATER,
    )
    session.add(late)
    session.flush()
    session.refresh(late)
    assert late.customer_id == dora.id
    by_mail = CustomerDetails(email="Dora.L@client.example")
    assert customers.find_or_create_customer(by_mail, now=LATER) == dora.id
    assert queries.get_customer(again.id).id == dora.id == find_survivor(again.id)
    assert list_merged_ids(dora.id) == [again.id]
    assert [row.id for row in queries.list_customers("lefevre").rows] == [dora.id]
    kinds = {line.kind for line in queries.list_facts(dora.id).rows}
    assert "CustomersMerged" in kinds
    told = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "customer.merged"))
    assert set(told) == {dora.id, again.id}


def test_the_person_chooses_field_by_field_else_the_fuller_then_the_newer(session: Session) -> None:
    dora = make_customer(session, postcode="69003", company="")
    again = make_customer(
        session, "Dorothée", "Lefèvre", mail="d@client.example", phone=None, postcode="31000", company="Bois"
    )
    chosen = {"first_name": again.id, "mail": again.id, "postcode": dora.id}
    [merge_id] = merge_customers(dora.id, [again.id], chosen=chosen, by=SYSTEM, now=LATER)
    row = queries.get_customer(dora.id)
    assert (row.first_name, row.company, row.postcode, row.mail) == (
        "Dorothée",
        "Bois",
        "69003",
        "d@client.example",
    )
    assert row.sort_key == "lefevre dorothee"
    fields = session.get_one(CustomerMerge, merge_id).fields
    assert fields["first_name"] == {
        "kept": again.id,
        "values": {str(dora.id): "Dora", str(again.id): "Dorothée"},
    }
    assert fields["postcode"]["kept"] == dora.id


@pytest.mark.parametrize("is_older_swapped", [True, False])
def test_names_in_their_right_order_are_proposed(session: Session, is_older_swapped: bool) -> None:
    """Dupont Jean and Jean Dupont: whose order is right is seen, whichever is newer or has a title."""
    names = [("Dupont", "Jean"), ("Jean", "Dupont")]
    swapped, right = names if is_older_swapped else names[::-1]
    one = make_customer(session, *swapped, mail="jd@client.example", phone=None)
    other = make_customer(session, *right, mail="jd2@client.example", phone=None)
    (other if is_older_swapped else one).title = None
    (one if is_older_swapped else other).updated_at = LATER
    session.flush()
    proposed = {row.name: row.proposed_id for row in compare_fields(one.id, [other.id])}
    wanted = other.id if is_older_swapped else one.id
    assert (proposed["first_name"], proposed["last_name"]) == (wanted, wanted)
    assert proposed["title"] == (one.id if is_older_swapped else other.id), "the title there is"


def test_the_most_protective_of_both_holds_for_all_addresses_until_it_is_undone(session: Session) -> None:
    dora, again = two(session)
    say_consent("dora@client.example")
    say_consent("dora.l@client.example", is_given=False, happened_at=TUESDAY - timedelta(days=9))
    say_consent("dora@client.example", purpose=Purpose.SURVEY)
    customers.suppress("+33612345679", reason=SuppressionReason.STOP, now=TUESDAY)
    customers.suppress("dora.l@client.example", reason=SuppressionReason.HARD_BOUNCE, now=TUESDAY)
    for value, count, days in (("dora@client.example", 4, 30), ("dora.l@client.example", 1, 30)):
        session.add(
            ContactChoice(
                address_kind=AddressKind.MAIL,
                address=value,
                cap_count=count,
                cap_days=days,
                updated_at=TUESDAY,
            )
        )
    session.flush()
    entries = session.scalars(select(ConsentEntry.id)).all()
    [merge_id] = merge_customers(dora.id, [again.id], by=SYSTEM, now=LATER)
    mine = ["dora@client.example", "+33612345678"]
    assert get_suppressed(mine) == {"dora@client.example|promotion", "+33612345678"}
    assert {note.cap_count for note in get_contact_notes(mine).values()} == {1}
    assert session.scalars(select(ConsentEntry.id)).all() == entries, (
        "the ledger says what was said, nothing else"
    )
    unmerge_customers(merge_id, by=SYSTEM, now=LATER)
    assert get_suppressed(mine) == frozenset()
    assert get_contact_notes(mine)["dora@client.example"].cap_count == 4


def test_a_complaint_after_the_merge_outlives_its_undo(session: Session) -> None:
    """The merge had blocked that address already, by the word of the other one: the own word stays."""
    dora, again = two(session)
    customers.suppress("+33612345679", reason=SuppressionReason.STOP, now=TUESDAY)
    customers.suppress("dora.l@client.example", reason=SuppressionReason.REFUSED, now=TUESDAY)
    [merge_id] = merge_customers(dora.id, [again.id], by=SYSTEM, now=LATER)
    mine = ["dora@client.example", "+33612345678"]
    assert get_suppressed(mine) == set(mine)
    for address, reason in zip(mine, (SuppressionReason.COMPLAINT, SuppressionReason.STOP), strict=True):
        assert not customers.suppress(address, reason=reason, now=LATER + timedelta(days=1))
    customers.suppress(mine[0], reason=SuppressionReason.STOP, now=LATER + timedelta(days=2))
    unmerge_customers(merge_id, by=SYSTEM, now=LATER + timedelta(days=3))
    assert get_suppressed(mine) == set(mine)
    said = {value: reason for value, _, reason, _ in list_suppressions(mine)}
    assert said[mine[0]] is SuppressionReason.COMPLAINT


def test_who_was_welcomed_twice_goes_on_once(session: Session) -> None:
    dora, again = two(session)
    rows = [_enrolment(session, customer, "welcome:first-order") for customer in (dora, again)]
    _enrolment(session, again, "order:7")
    [merge_id] = merge_customers(dora.id, [again.id], by=SYSTEM, now=LATER)
    session.expire_all()
    assert {row.customer_id for row in session.scalars(select(Enrolment))} == {dora.id}
    assert [row.state for row in rows] == [EnrolmentState.WAITING, EnrolmentState.ENDED]
    assert rows[1].exit_reason is ExitReason.MERGED
    unmerge_customers(merge_id, by=SYSTEM, now=LATER)
    assert (rows[1].state, rows[1].entry_key) == (EnrolmentState.WAITING, "welcome:first-order")


def _enrolment(session: Session, customer: Customer, key: str) -> Enrolment:
    if session.scalar(select(Plan.id).limit(1)) is None:
        add_builtin_plans(now=TUESDAY)
    plan = session.scalars(select(Plan).order_by(Plan.id)).first()
    assert plan is not None
    row = Enrolment(
        plan_id=plan.id,
        version_id=plan.published_version_id or 0,
        customer_id=customer.id,
        entry_key=key,
        arm=Arm.TREATED,
        state=EnrolmentState.WAITING,
        step_key="a",
        anchor_at=TUESDAY,
        due_at=LATER,
        entered_at=TUESDAY,
    )
    session.add(row)
    session.flush()
    return row


def test_what_happened_after_the_merge_stays_with_the_survivor(session: Session) -> None:
    dora, again = two(session)
    store = make_store(session)
    before = make_order(session, customer_id=again.id, store_id=store.id, external_id="W-1")
    [merge_id] = merge_customers(dora.id, [again.id], by=SYSTEM, now=LATER)
    after = make_order(session, customer_id=again.id, store_id=store.id, external_id="W-2")
    session.execute(update(Customer).where(Customer.id == dora.id).values(company="Since then"))
    unmerge_customers(merge_id, by=SYSTEM, now=LATER)
    session.expire_all()
    assert (before.customer_id, after.customer_id) == (again.id, dora.id)
    assert (dora.company, again.merged_into_id) == ("Since then", None)
    unmerge_customers(merge_id, by=SYSTEM, now=LATER)  # twice is once
    kinds = session.scalars(select(FactRow.kind).where(FactRow.customer_id == again.id)).all()
    assert kinds.count("CustomersUnmerged") == 1


def test_undoing_after_a_later_edit_mixes_no_two_people(session: Session) -> None:
    """Names and place go back whole or not at all, properties each for itself, and nobody active into the archive."""
    dora = make_customer(
        session,
        "Dora",
        "Roy",
        postcode="",
        properties={"a": "1"},
        archived_at=TUESDAY,
        last_active_at=TUESDAY,
    )
    again = make_customer(
        session, "Dorothée", "Roy", mail="d@client.example", phone=None, postcode="31000", town="Toulouse",
        properties={"b": "2", "c": "3"}, last_active_at=TUESDAY,
    )  # fmt: skip
    [merge_id] = merge_customers(dora.id, [again.id], by=SYSTEM, now=LATER)
    session.refresh(dora)
    assert (dora.first_name, dora.town, dora.archived_at) == ("Dorothée", "Toulouse", None)
    dora.last_name, dora.postcode, dora.last_active_at = "Roux", "31200", LATER
    dora.sort_key = "roux dorothee"
    dora.properties = {**dora.properties, "c": "4", "d": "5"}
    session.flush()
    unmerge_customers(merge_id, by=SYSTEM, now=LATER)
    session.refresh(dora)
    assert (dora.first_name, dora.last_name, dora.sort_key) == ("Dorothée", "Roux", "roux dorothee")
    assert (dora.postcode, dora.town) == ("31200", "Toulouse")
    assert dora.properties == {"a": "1", "c": "4", "d": "5"}
    assert (dora.last_active_at, dora.archived_at) == (LATER, None)


def test_undoing_out_of_order_or_after_an_erasure_is_refused_with_words(session: Session) -> None:
    dora, again = two(session)
    third = make_customer(session, "D", "L", mail="third@client.example", phone=None)
    [first] = merge_customers(dora.id, [again.id], by=SYSTEM, now=LATER)
    [second] = merge_customers(third.id, [dora.id], by=SYSTEM, now=LATER)
    with pytest.raises(Conflict, match="later merge first"):
        unmerge_customers(first, by=SYSTEM, now=LATER)
    with pytest.raises(Conflict, match="merged with somebody else"):
        merge_customers(again.id, [third.id], by=SYSTEM, now=LATER)
    with pytest.raises(Conflict, match="merged with another one meanwhile"):
        customers.edit_customer(dora.id, _edit(dora), by=SYSTEM, now=LATER)
    assert find_survivor(again.id) == third.id
    forget_merges_of(third.id, now=LATER)
    assert session.scalars(select(MergeNote.id).where(MergeNote.merge_id == second)).all() == []
    with pytest.raises(Conflict, match="cannot be undone any more"):
        unmerge_customers(second, by=SYSTEM, now=LATER)


def test_who_is_being_erased_is_neither_merged_nor_unmerged(session: Session) -> None:
    dora, again = two(session)
    [merge_id] = merge_customers(dora.id, [again.id], by=SYSTEM, now=LATER)
    third = make_customer(session, "D", "L", mail="third@client.example", phone=None)
    erasure_id = ask_erasure(dora.id, by=SYSTEM, now=LATER)
    for pair in ((dora, third), (third, dora)):
        with pytest.raises(Conflict, match="is being erased"):
            merge_customers(pair[0].id, [pair[1].id], by=SYSTEM, now=LATER)
    with pytest.raises(Conflict, match="is being erased"):
        unmerge_customers(merge_id, by=SYSTEM, now=LATER)
    dora.merged_into_id = third.id  # as an old merge left it
    session.flush()
    work_erasures(lambda: None)
    assert session.get_one(Erasure, erasure_id).state is ErasureState.WAITING
    assert [each.row_id for each in list_put_off()] == [erasure_id]
    assert third.erased_at is None


def _edit(row: Customer) -> customers.CustomerEdit:
    return customers.CustomerEdit(
        title=None,
        first_name="Nobody",
        last_name=row.last_name,
        birth_on=None,
        postcode="",
        country="FR",
        company="",
        language=row.language,
        email="dora@client.example",
        phone="",
    )


def test_who_was_erased_is_not_edited(session: Session) -> None:
    dora = make_customer(session, erased_at=TUESDAY)
    with pytest.raises(Conflict, match="was erased"):
        customers.edit_customer(dora.id, _edit(dora), by=SYSTEM, now=LATER)


def test_several_at_once_and_twice_the_same(session: Session) -> None:
    dora, again = two(session)
    third = make_customer(session, "D", "L", mail="third@client.example", phone=None)
    merges = merge_customers(dora.id, [again.id, third.id], by=SYSTEM, now=LATER)
    assert merge_customers(dora.id, [again.id, third.id], by=SYSTEM, now=LATER) == merges
    batches = session.scalars(select(CustomerMerge.batch_id)).all()
    assert set(batches) == {merges[0]}
    assert {address.value for address in queries.list_addresses(dora.id)} >= {"third@client.example"}
    with pytest.raises(Invalid):
        merge_customers(dora.id, [dora.id], by=SYSTEM, now=LATER)
    for merge_id in reversed(merges):
        unmerge_customers(merge_id, by=SYSTEM, now=LATER)
    assert find_survivor(again.id) is None


def test_facts_that_slipped_through_are_collected(session: Session) -> None:
    dora, again = two(session)
    [merge_id] = merge_customers(dora.id, [again.id], by=SYSTEM, now=LATER)
    session.execute(text("ALTER TABLE facts DISABLE TRIGGER facts_follow_merge"))
    row = FactRow(kind="TicketOpened", customer_id=again.id, happened_at=LATER, data={})
    session.add(row)
    session.flush()
    assert collect_late_rows(merge_id, now=LATER) == 1
    assert session.get_one(FactRow, row.id, populate_existing=True).customer_id == dora.id
    assert collect_late_rows(merge_id, now=LATER) == 0


@pytest.fixture
def committed(app: Flask) -> Iterator[list[int]]:
    """Three customers that other connections see; they and all that came of them are gone afterwards."""
    with app.app_context():
        with transaction() as session:
            rows = [
                make_customer(session, mail=f"race{number}@client.example", phone=None) for number in range(3)
            ]
            ids = [row.id for row in rows]
        yield ids
        with transaction() as session:
            session.execute(delete(MergeNote))
            session.execute(delete(CustomerMerge))
            session.execute(update(Customer).values(merged_into_id=None))
            session.execute(text("DELETE FROM fact_queue"))
            session.execute(text("DELETE FROM facts"))
            session.execute(delete(Ticket))
            session.execute(text("DELETE FROM audit_entries WHERE action LIKE 'customer.%'"))
            session.execute(delete(Address))
            session.execute(delete(Customer))
        db.session.remove()


def test_two_merges_at_once_are_one_after_the_other(app: Flask, committed: list[int]) -> None:
    first, second, third = committed
    told: list[object] = []

    def merge(survivor: int, merged: int) -> None:
        with app.app_context():
            try:
                with transaction():
                    told.append(merge_customers(survivor, [merged], by=SYSTEM, now=LATER)[0])
            except Conflict as error:
                told.append(error)
            db.session.remove()

    pairs = [(first, second), (first, second), (second, first), (third, first)]
    threads = [threading.Thread(target=merge, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    found = db.session.execute(select(Customer.id, Customer.merged_into_id))
    rows = {row.id: row.merged_into_id for row in found}
    assert len(told) == len(pairs)
    assert sum(end is None for end in rows.values()) <= 2
    owners = set(db.session.scalars(select(Address.customer_id)))
    assert all(rows[owner] is None for owner in owners)
    assert all(find_survivor(each) is None or rows[find_survivor(each) or 0] is None for each in rows)


def test_who_inserts_during_a_merge_waits_and_then_finds_the_survivor(
    app: Flask, committed: list[int]
) -> None:
    first, second, _third = committed
    is_merged, inserted = threading.Event(), threading.Event()

    def insert_address() -> None:
        with app.app_context():
            is_merged.wait(30)
            with transaction() as session:
                session.add(
                    Address(
                        customer_id=second,
                        kind=AddressKind.MAIL,
                        value="late@client.example",
                        created_at=LATER,
                    )
                )
            inserted.set()
            db.session.remove()

    thread = threading.Thread(target=insert_address)
    thread.start()
    with transaction():
        merge_customers(first, [second], by=SYSTEM, now=LATER)
        is_merged.set()
        assert not inserted.wait(0.5), "the row waits for the merge"
    thread.join(30)
    db.session.rollback()
    late = select(Address.customer_id).where(Address.value == "late@client.example")
    assert db.session.scalar(late) == first
