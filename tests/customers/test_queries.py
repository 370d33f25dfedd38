"""Customers are found by whatever staff have in hand, and edited without stealing an address."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import Actor
from hub.core.audit import AuditEntry
from hub.core.errors import Conflict, Invalid, NotFound
from hub.core.words import ActorKind, Language
from hub.customers.actions import CustomerEdit, edit_customer, note_view
from hub.customers.models import ExternalId
from hub.customers.queries import (
    find_customer_by_address,
    get_customer,
    list_addresses,
    list_customers,
    list_facts,
)
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, make_emil, say_consent

ADA = Actor(ActorKind.AGENT, agent_id=7, name="Ada")


def an_edit(**changes: Any) -> CustomerEdit:
    return CustomerEdit(
        **{
            "title": None,
            "first_name": "Dora",
            "last_name": "Lefèvre",
            "birth_on": None,
            "postcode": "69003",
            "country": "FR",
            "company": "",
            "language": Language.FRENCH,
            "email": "dora@client.example",
            "phone": "06 12 34 56 78",
            **changes,
        }
    )


@pytest.mark.parametrize(
    "search",
    ["lefe", "LEFÈVRE dora", "dora lef", "dora@cl", "0612345678", "+33 6 12 34 56 78", "06 12 34", "C-77"],
)
def test_search_finds_by_name_mail_phone_and_card(session: Session, search: str) -> None:
    dora = make_customer(session)
    make_emil(session)
    session.add(ExternalId(customer_id=dora.id, source="loyalty_card", value="C-77"))
    session.flush()
    assert [row.id for row in list_customers(search).rows] == [dora.id]


@pytest.mark.parametrize("search", ["%", "_", "\\", "zzz", "dora@other"])
def test_signs_of_the_pattern_language_find_nothing(session: Session, search: str) -> None:
    make_customer(session)
    assert list_customers(search).rows == []


def test_the_list_is_paged_by_name_without_loss(session: Session) -> None:
    ids = [
        make_customer(session, "A", name, mail=f"{n}@client.example", phone=None).id
        for n, name in enumerate(["Martin", "Adam", "Martin", "Zola", "Élan"])
    ]
    seen, after = [], None
    while True:
        page = list_customers("", after, size=2)
        seen += [row.id for row in page.rows]
        after = page.next_key
        if after is None:
            break
    assert seen == [ids[1], ids[4], ids[0], ids[2], ids[3]]


def test_a_forged_page_key_is_refused(session: Session) -> None:
    with pytest.raises(Invalid):
        list_customers("", "WzEsMl0")


def test_an_address_finds_its_customer_in_any_spelling(session: Session) -> None:
    dora = make_customer(session)
    for text in ("DORA@client.example", "+33 6 12 34 56 78", "0612345678"):
        found = find_customer_by_address(text)
        assert found
        assert found.id == dora.id
    assert find_customer_by_address("nobody@client.example") is None
    assert find_customer_by_address("no address") is None
    with pytest.raises(NotFound):
        get_customer(dora.id + 1)


def test_facts_are_paged_newest_first(session: Session) -> None:
    dora = make_customer(session)
    for number, is_given in enumerate((True, False, True)):
        say_consent(is_given=is_given, happened_at=TUESDAY.replace(hour=number))
    page = list_facts(dora.id, size=2)
    rest = list_facts(dora.id, page.next_key, size=2)
    assert [fact.data["is_given"] for fact in (*page.rows, *rest.rows)] == [True, False, True]
    assert rest.next_key is None


def test_an_edit_changes_and_is_written_down(session: Session) -> None:
    dora = make_customer(session)
    edit = an_edit(last_name="DE LA TOUR", email="Dora.Tour@client.example", phone="")
    edit_customer(dora.id, edit, by=ADA, now=TUESDAY)
    row = get_customer(dora.id)
    assert (row.name, row.mail, row.phone) == ("Dora de La Tour", "dora.tour@client.example", None)
    assert [a.value for a in list_addresses(dora.id)] == ["dora.tour@client.example"]
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.data == {"fields": ["title", "last_name", "email", "phone"]}
    assert (entry.agent_id, entry.subject_id) == (7, dora.id)


def test_an_edit_without_change_writes_nothing(session: Session) -> None:
    dora = make_customer(session, title=None)
    edit_customer(dora.id, an_edit(), by=ADA, now=TUESDAY)
    assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"email": "emil@client.example"}, Conflict, "email"),
        ({"email": "nonsense"}, Invalid, "email"),
        ({"phone": "12"}, Invalid, "phone"),
        ({"country": "XX"}, Invalid, "country"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(
    session: Session, changes: dict[str, Any], error: type[Conflict | Invalid], field: str
) -> None:
    dora = make_customer(session)
    make_emil(session)
    with pytest.raises(error) as refusal:
        edit_customer(dora.id, an_edit(**changes), by=ADA, now=TUESDAY)
    assert refusal.value.field == field


def test_looking_at_a_card_is_written_down(session: Session) -> None:
    dora = make_customer(session)
    note_view(dora.id, by=ADA, now=TUESDAY)
    session.flush()
    assert session.scalars(select(AuditEntry.action)).all() == ["customer.viewed"]
