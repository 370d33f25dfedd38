"""A contact file from its columns to the customers, and back."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid, NotFound
from hub.customers import queries
from hub.customers.duplicates.finding import mark_changed
from hub.customers.duplicates.keys import keys_of
from hub.customers.imports import actions, alike, fixing
from hub.customers.imports.choosing import Choices
from hub.customers.imports.models import ImportFinding, ImportRow
from hub.customers.imports.phases import PHASES
from hub.customers.imports.words import Clash, ImportState
from hub.customers.models import Customer
from tests.conftest import TUESDAY
from tests.customers.imports.acting import (
    HEADINGS,
    apply,
    check,
    get,
    hand_in,
    kinds,
    outcomes,
    work,
)
from tests.makers.customers import make_customer

pytestmark = pytest.mark.usefixtures("hand_clock")
ANNE = "Anne;Morel;anne@client.example;06 12 34 56 99;69003;Lyon"

MIXED = (
    ANNE,
    "Dora;Lefèvre;dora@client.example;;69003;Lyon",
    "Emil;Roux;emil@client.example;;31000;Toulouse",
    "Sans;Adresse;;;69003;Lyon",
    ";;;;;;dehors",
    "Paul;Autre;;06 12 34 56 78;;",
    "Anne;Morel;ANNE@client.example;;69003;",
    "Marc;Neuf;marc@client.example;06 12 34 56 78;;",
)


def find(mail: str) -> queries.CustomerRow:
    found = queries.find_customer_by_address(mail)
    assert found is not None
    return found


def test_columns_are_suggested_and_remembered_for_the_same_headings(session: Session) -> None:
    first = get(session, hand_in(ANNE))
    assert first.state is ImportState.MATCHING
    assert first.mapping["2"] == "mail"
    assert first.samples[0][0] == "Anne"
    assert first.about["separator"] == ";"
    check(first.id, {1: "last_name", 2: "mail"}, clash=Clash.OVERWRITE)
    again = get(session, hand_in(ANNE, headings=HEADINGS.upper()))
    assert again.mapping == {"1": "last_name", "2": "mail"}
    assert again.choices["clash"] == "overwrite"


def test_a_file_needs_one_column_that_names_somebody(session: Session) -> None:
    import_id = hand_in(ANNE)
    with pytest.raises(Invalid), transaction():
        actions.choose_columns(import_id, {0: "first_name"}, Choices(), by=SYSTEM, now=TUESDAY)
    with pytest.raises(Invalid), transaction():
        actions.choose_columns(import_id, {0: "mail", 2: "mail"}, Choices(), by=SYSTEM, now=TUESDAY)
    assert get(session, import_id).state is ImportState.MATCHING


def test_the_dry_run_announces_what_the_apply_does_and_every_row_counts(session: Session) -> None:
    make_customer(session, postcode="")  # Dora, dora@client.example, +33612345678
    make_customer(
        session, "Emil", "Roux", mail="emil@client.example", phone=None, postcode="31000", town="Toulouse"
    )
    import_id = hand_in(*MIXED)
    check(import_id)
    expected = [
        "new",
        "updated",
        "unchanged",
        "refused no_address",
        "skipped empty",
        "refused phone_of_other",
        "unchanged",
        "new",
    ]
    assert outcomes(session, import_id) == expected
    counts = get(session, import_id).counts
    assert counts["rows"] == sum(counts["outcomes"].values()) == get(session, import_id).row_count == 8
    assert session.scalar(select(func.count()).select_from(Customer)) == 2
    found = kinds(session, import_id)
    assert "duplicate_in_file" in found[8]
    assert "phone_elsewhere" in found[9]
    apply(import_id)
    assert outcomes(session, import_id) == expected
    assert get(session, import_id).counts == counts
    assert session.scalar(select(func.count()).select_from(Customer)) == 4
    anne = find("anne@client.example")
    assert (anne.name, anne.phone, anne.postcode) == ("Anne Morel", "+33612345699", "69003")
    assert session.get_one(Customer, anne.id).town == "Lyon"
    assert find("dora@client.example").postcode == "69003"
    assert find("marc@client.example").phone is None


def test_what_is_known_is_filled_or_overwritten_and_never_blanked(session: Session) -> None:
    make_customer(session)
    line = "Théodora;Lefèvre;dora@client.example;;13001;Marseille"
    check(import_id := hand_in(line))
    assert {"name_differs", "value_differs"} <= kinds(session, import_id)[2]
    apply(import_id)
    dora = find("dora@client.example")
    assert (dora.first_name, dora.postcode) == ("Dora", "69003")
    check(import_id := hand_in(line), clash=Clash.SKIP)
    assert outcomes(session, import_id) == ["skipped known"]
    check(import_id := hand_in(line.replace("13001", "")), clash=Clash.OVERWRITE)
    apply(import_id)
    dora = find("dora@client.example")
    assert (dora.first_name, dora.postcode, dora.phone) == ("Théodora", "69003", "+33612345678")


def test_the_same_person_twice_in_a_file_is_one_customer_across_batches(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [ANNE, "A;B;other@client.example;;;", ";;anne@client.example;;;", ";;;06 12 34 56 99;13001;"]
    import_id = hand_in(*rows)
    one_by_one = {state: phase.__class__(phase.take, phase.do, 1) for state, phase in PHASES.items()}
    monkeypatch.setattr("hub.customers.imports.phases.PHASES", one_by_one)
    check(import_id)
    assert outcomes(session, import_id) == ["new", "new", "unchanged", "unchanged"]
    assert [row.same_as for row in rows_of(session, import_id)] == [None, None, 2, 2]
    apply(import_id)
    assert session.scalar(select(func.count()).select_from(Customer)) == 2
    check(again := hand_in(*rows), duplicates=Clash.SKIP)
    assert outcomes(session, again)[2:] == ["skipped in_file", "skipped in_file"]


def rows_of(session: Session, import_id: int) -> list[ImportRow]:
    found = select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.row)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def test_a_mended_row_is_checked_again_with_all_rows_of_the_same_customer(session: Session) -> None:
    import_id = hand_in(
        ANNE, "Bob;Petit;bob@client.example;;;", "Eva;Sans;;;;", "Bob;Petit;bob@client.example;;13001;"
    )
    check(import_id)
    assert outcomes(session, import_id) == ["new", "new", "refused no_address", "updated"]
    with transaction():
        fixing.edit_row(import_id, 4, {"mail": "eva@client.example"}, by=SYSTEM, now=TUESDAY)
    assert outcomes(session, import_id) == ["new", "new", "new", "updated"]
    assert "no_address" not in kinds(session, import_id).get(4, set())
    with transaction():
        fixing.decide_row(import_id, 3, Clash.SKIP, by=SYSTEM, now=TUESDAY)
    assert outcomes(session, import_id) == ["new", "skipped by_hand", "new", "new"]
    assert "duplicate_in_file" not in kinds(session, import_id).get(5, set())
    assert get(session, import_id).counts["outcomes"]["skipped"] == 1
    with transaction():
        fixing.decide_row(import_id, 3, None, by=SYSTEM, now=TUESDAY)
    assert outcomes(session, import_id) == ["new", "new", "new", "updated"]
    apply(import_id)
    assert find("eva@client.example").name == "Eva Sans"
    with pytest.raises(Conflict), transaction():
        fixing.decide_row(import_id, 3, None, by=SYSTEM, now=TUESDAY)


def test_a_suggestion_is_taken_for_one_row_or_for_all_of_its_kind(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixing, "AT_ONCE", 1)
    monkeypatch.setattr("hub.customers.imports.phases.RECHECK", 1)
    typos = [f"Anne;Morel;anne{number}@gmial.com;;;" for number in range(3)]
    import_id = hand_in(*typos, ANNE)
    check(import_id)
    kind = "mail_domain_typo"
    found = session.scalars(select(ImportFinding).where(ImportFinding.kind == kind)).all()
    assert (found[0].row, found[0].suggestion) == (2, "anne0@gmail.com")
    with transaction():
        fixing.take_suggestion(import_id, 2, found[0].position, by=SYSTEM, now=TUESDAY)
    assert kind not in kinds(session, import_id).get(2, set())
    with pytest.raises(NotFound), transaction():
        fixing.take_suggestion(import_id, 2, 77, by=SYSTEM, now=TUESDAY)
    with transaction():
        fixing.take_suggestions(import_id, kind, by=SYSTEM, now=TUESDAY)
    assert get(session, import_id).state is ImportState.CHECKING
    work()
    assert get(session, import_id).state is ImportState.CHECKED
    assert all(kind not in found for found in kinds(session, import_id).values())
    apply(import_id)
    assert find("anne2@gmail.com").name == "Anne Morel"
    assert queries.find_customer_by_address("anne2@gmial.com") is None


def test_rows_of_a_kind_are_left_out_and_a_kind_is_shown_no_more(session: Session) -> None:
    import_id = hand_in(ANNE, "Bob;Petit;bob@gmial.com;;;")
    check(import_id)
    with transaction():
        fixing.ignore_kind(import_id, "mail_domain_typo", is_ignored=True, by=SYSTEM, now=TUESDAY)
    assert get(session, import_id).choices["ignored"] == ["mail_domain_typo"]
    with transaction():
        fixing.skip_kind(import_id, "mail_domain_typo", by=SYSTEM, now=TUESDAY)
    assert outcomes(session, import_id) == ["new", "skipped by_hand"]


def test_corrections_stay_when_only_the_choices_change(session: Session) -> None:
    make_customer(session)
    check(import_id := hand_in("Dora;Lefèvre;;06 99;;", "Dora;Lefèvre;dora@client.example;;13001;"))
    with transaction():
        fixing.edit_row(import_id, 2, {"mail": "neu@client.example"}, by=SYSTEM, now=TUESDAY)
    check(import_id, clash=Clash.SKIP)
    assert outcomes(session, import_id) == ["new", "skipped known"]


def test_a_probable_double_is_shown_and_one_press_makes_it_the_known_customer(session: Session) -> None:
    dora = make_customer(session, birth_on=date(1980, 5, 1))
    mark_changed([dora.id])
    line = "Dorra;Lefevre;d.lefevre@other.example;;69003;"
    import_id = hand_in(
        line, "Jean;Dupont;jean@client.example;;33000;", "Jean;Dupond;jd@client.example;;33000;"
    )
    check(import_id)
    assert outcomes(session, import_id) == ["new"] * 3
    assert "duplicate_in_base" in kinds(session, import_id)[2]
    assert "alike_in_file" in kinds(session, import_id)[4]
    with transaction():
        fixing.take_suggestions(import_id, "duplicate_in_base", by=SYSTEM, now=TUESDAY)
    assert outcomes(session, import_id) == ["updated", "new", "new"]
    apply(import_id)
    assert session.scalar(select(func.count()).select_from(Customer)) == 3
    assert find("d.lefevre@other.example").id == dora.id
    assert find("dora@client.example").first_name == "Dora"
    person = alike.person_of(
        1, {"first_name": "Jean", "last_name": "Dupont", "postcode": "33000", "birth_on": "1980-05-01"}
    )
    assert alike.block_keys(person) <= keys_of(person)
