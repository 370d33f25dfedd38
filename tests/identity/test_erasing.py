"""An erased customer is found in no column of no table; what figures need stays."""

import os
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, Text, any_, cast, func, literal, literal_column, select
from sqlalchemy.orm import Session

from hub.core import clock, files
from hub.core.actor import SYSTEM
from hub.core.apart import list_put_off
from hub.core.audit import AuditEntry
from hub.core.db import Base
from hub.core.errors import Conflict, NotFound
from hub.customers.consents import hash_of
from hub.customers.duplicates.models import AddressLink
from hub.customers.models import Address, ConsentEntry, Customer, ExternalId, Suppression
from hub.identity import erasing, exporting
from hub.identity.privacy_models import Erasure
from hub.identity.privacy_words import ErasureState
from hub.knowledge.models import SearchLog
from hub.takeover.models import Takeover, TakeoverProblem
from hub.takeover.words import TakeoverSource, TakeoverState
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, say_consent
from tests.makers.everything import CARD, FILE, FIRST, LAST, MAIL, PHONE, TRACES, EveryRow
from tests.makers.stores import make_store

SKIPPED = frozenset(
    {
        "customers",
        "addresses",
        "external_ids",
        "consent_entries",
        "consent_states",
        "address_links",
        "erasures",
    }
)


@pytest.fixture
def known(session: Session, hand_clock: HandClock) -> Customer:
    """Known in every table there is."""
    row = make_customer(
        session,
        FIRST,
        LAST,
        mail=MAIL,
        phone=PHONE,
        company="Quilleboeuf SARL",
        properties={"pref_dog": "Quilleboeuf"},
    )
    session.add(ExternalId(customer_id=row.id, source="loyalty_card", value=CARD))
    say_consent(MAIL)
    EveryRow(session, row.id, SKIPPED).make_all()
    session.flush()
    return row


def work() -> int:
    done = 0
    while erasing.work_erasures(lambda: None):
        done += 1
    return done


def erase(customer_id: int) -> Erasure:
    found = erasing.ask_erasure(customer_id, by=SYSTEM, now=TUESDAY)
    assert work()
    return erasing.db.session.get_one(Erasure, found, populate_existing=True)


def find_traces(session: Session) -> list[str]:
    """Every table, and every column of those, in which one of his traces stands, as text."""
    traces = [f"%{trace}%" for trace in TRACES]
    found = []
    for table in Base.metadata.sorted_tables:
        raw = [func.convert_from(column, "LATIN1") for column in table.columns if _is_bytes(column)]
        words = func.concat_ws(" ", cast(literal_column(f'"{table.name}"'), Text), *raw)
        if session.scalar(select(literal(1)).select_from(table).where(words.ilike(any_(traces))).limit(1)):
            found += [
                f"{table.name}.{column.name}" for column in table.columns if _names(session, column, traces)
            ]
    return found


def _is_bytes(column: Column[Any]) -> bool:
    return isinstance(column.type, LargeBinary)


def _names(session: Session, column: Column[Any], traces: list[str]) -> bool:
    words = func.convert_from(column, "LATIN1") if _is_bytes(column) else cast(column, Text)
    return session.scalar(select(literal(1)).where(words.ilike(any_(traces))).limit(1)) is not None


def test_nothing_of_him_is_left_in_any_column_of_any_table(session: Session, known: Customer) -> None:
    assert len(find_traces(session)) > 60
    done = erase(known.id)
    session.expire_all()
    assert done.state is ErasureState.DONE, list_put_off()
    assert find_traces(session) == []
    assert done.traces_sealed == ""
    row = session.get_one(Customer, known.id)
    assert (row.first_name, row.last_name, row.sort_key, row.birth_on, row.title) == ("", "", "", None, None)
    assert row.erased_at is not None


def test_the_files_leave_the_shelf_at_once_unless_they_have_just_come(
    session: Session, known: Customer
) -> None:
    """A file that somebody handed in a moment ago may be about to belong to another: it is looked at in a week."""
    digest = files.keep(FILE)
    past = (clock.machine_now() - timedelta(hours=2)).timestamp()
    os.utime(files.find_path(digest), (past, past))
    erase(known.id)
    with pytest.raises(NotFound):
        files.find_path(digest)


def test_what_the_figures_need_stays(session: Session, known: Customer) -> None:
    """Rows are emptied, not removed: orders with amount and country, tickets, waits, answers, enrolments, facts."""
    kept = ("orders", "order_lines", "order_returns", "tickets", "ticket_messages", "reply_waits", "answers", "invitations",
            "enrolments", "step_runs", "outbound_messages", "link_clicks", "delivery_receipts", "facts", "promo_grants",
            "promo_redemptions", "visits", "baskets", "phone_calls", "ticket_ratings")  # fmt: skip
    before = {
        name: session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) for name in kept
    }
    erase(known.id)
    after = {
        name: session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) for name in kept
    }
    added = {"facts": 2}  # that his addresses were erased, and that he left the plan
    assert after == {name: count + added.get(name, 0) for name, count in before.items() if count is not None}


def test_his_address_stays_blocked_and_his_consents_proven_by_hash_only(
    session: Session, known: Customer
) -> None:
    erase(known.id)
    assert session.scalars(select(ConsentEntry.address)).all() == [f"erased:{hash_of(MAIL)}"]
    assert hash_of(MAIL) in session.scalars(select(Suppression.address_hash)).all()


def test_an_erasure_goes_on_where_it_ended(session: Session, known: Customer) -> None:
    """Whoever dies has done some rooms; the next worker begins with the one after, with the same traces."""
    erasing.ask_erasure(known.id, by=SYSTEM, now=TUESDAY)
    for _ in range(5):
        assert erasing.work_erasures(lambda: None) == 1
    row = session.scalars(select(Erasure)).one()
    assert row.state is ErasureState.RUNNING
    assert row.step == 5
    assert find_traces(session) != []
    assert MAIL not in row.traces_sealed
    work()
    assert find_traces(session) == []


def test_a_room_that_fails_is_tried_again_and_loses_nothing(session: Session, known: Customer) -> None:
    """It is put off with its reason and goes on later; the step that failed is undone as a whole."""
    erasing.ask_erasure(known.id, by=SYSTEM, now=TUESDAY)
    erasing.work_erasures(lambda: None)
    row = session.scalars(select(Erasure)).one()
    sealed, row.traces_sealed = row.traces_sealed, "not ours"
    session.flush()
    erasing.work_erasures(lambda: None)
    assert row.step == 1
    assert [each.kind for each in list_put_off() if each.kind == "erasures"] == ["erasures"]
    assert not erasing.has_due()
    row.traces_sealed = sealed
    erasing.apart.settle("erasures", {row.id})
    work()
    assert row.state is ErasureState.DONE


def test_erasing_twice_is_one_erasure_and_then_refused(session: Session, known: Customer) -> None:
    first = erasing.ask_erasure(known.id, by=SYSTEM, now=TUESDAY)
    assert erasing.ask_erasure(known.id, by=SYSTEM, now=TUESDAY) == first
    work()
    with pytest.raises(Conflict, match="erased already"):
        erasing.ask_erasure(known.id, by=SYSTEM, now=TUESDAY)
    with pytest.raises(NotFound):
        erasing.ask_erasure(0, by=SYSTEM, now=TUESDAY)


def test_the_audit_line_holds_no_personal_data(session: Session, known: Customer) -> None:
    erase(known.id)
    line = session.scalars(select(AuditEntry).where(AuditEntry.action == "customer.erased")).one()
    assert line.subject_id == known.id
    assert set(line.data) == {"erasure_id", "row_count"}


def test_a_namesake_and_his_words_are_left_alone(session: Session, hand_clock: HandClock) -> None:
    """Two customers of one name: the name in words of others is not taken for that of who is erased; his address is."""
    make_store(session)
    gone = make_customer(session, "Anne", "Martin", mail="anne@client.example", phone=None)
    make_customer(session, "Anne", "Martin", mail="other@client.example", phone=None)
    words = "Anne Martin anne@client.example"
    session.add(SearchLog(words=words, language="fr", place="inbox", found_count=0, searched_at=TUESDAY))
    session.flush()
    erase(gone.id)
    assert session.scalars(select(SearchLog.words)).one() == "Anne Martin […]"


def test_an_address_of_the_household_goes_to_the_next_of_it(session: Session, hand_clock: HandClock) -> None:
    gone = make_customer(session, "Anne", "Martin", mail="famille@client.example", phone="+33611111111")
    stays = make_customer(session, "Paul", "Martin", mail=None, phone=None)
    address = session.scalars(select(Address).where(Address.value == "famille@client.example")).one()
    session.add(AddressLink(address_id=address.id, customer_id=stays.id, linked_at=TUESDAY))
    session.flush()
    erase(gone.id)
    left = session.execute(select(Address.value, Address.customer_id, Address.is_primary)).all()
    assert left == [("famille@client.example", stays.id, True)]


def test_whoever_was_merged_into_him_is_erased_with_him(session: Session, hand_clock: HandClock) -> None:
    survivor = make_customer(session, "Anne", "Martin")
    merged = make_customer(session, "Annie", "Martin", mail=None, phone=None, merged_into_id=survivor.id)
    with pytest.raises(Conflict, match="merged into another"):
        erasing.ask_erasure(merged.id, by=SYSTEM, now=TUESDAY)
    erase(survivor.id)
    session.refresh(merged)
    assert (merged.first_name, merged.erased_at) == ("", TUESDAY)


def test_an_address_that_ends_like_his_is_somebody_elses(session: Session, hand_clock: HandClock) -> None:
    """Neither the export nor the erasure of anne@ takes rows of marianne@; an underscore is no wildcard."""
    make_store(session)
    anne = make_customer(session, "Anne", "Roy", mail="an_ne@free.example", phone="+33611223344")
    others = [
        "marian_ne@free.example",
        "jo.an_ne@free.example",
        "anzne@free.example",
        "an_ne@free.example-x.fr",
    ]
    others += ["mari%2Ban_ne%40free.example", "order 611223344", "106112233440"]
    hers = ["AN_NE@free.example", "x\nan_ne@free.example", "?mail=an_ne%40free.example", "06 11 22 33 44"]
    takeover = Takeover(
        source=TakeoverSource.MBOX, file_name="x", sha256="x", state=TakeoverState.DONE, mapping={}, report={},
        created_at=TUESDAY,
    )  # fmt: skip
    session.add(takeover)
    session.flush()
    for number, words in enumerate((*others, *hers)):
        problem = TakeoverProblem(
            takeover_id=takeover.id, kind="x", external_id=str(number), reason="x", row={"words": words}
        )
        session.add(problem)
    session.flush()
    found = exporting.gather(anne.id, by=SYSTEM, now=TUESDAY)
    shown = {row["row"]["words"] for each in found.sections for row in each.rows if "row" in row}
    assert shown == set(hers)
    erase(anne.id)
    left = [
        row["words"]
        for row in session.scalars(select(TakeoverProblem.row).order_by(TakeoverProblem.id))
        if row
    ]
    assert left == [
        words.replace("611223344", "[…]") if words.startswith("order") else words for words in others
    ]
