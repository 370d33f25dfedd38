"""What an import records, undoes and forgets: consents with their evidence, undo, seven days, rows that break."""

import os
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.core import files
from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.db import transaction
from hub.core.errors import Conflict, NotFound
from hub.core.words import Channel, Purpose
from hub.customers import queries
from hub.customers.hygiene import checking
from hub.customers.hygiene.known import Known
from hub.customers.imports import actions, applying, desk, people, working
from hub.customers.imports.models import CustomerImport, ImportEffect, ImportFinding, ImportKey, ImportRow
from hub.customers.imports.phases import PHASES
from hub.customers.imports.words import Clash, ImportState, UndoOutcome
from hub.customers.models import ConsentEntry, ConsentState, Customer
from hub.customers.properties import save_property
from hub.customers.property_words import PropertyKind
from hub.customers.words import ConsentAction, SuppressionReason
from tests.conftest import TUESDAY, HandClock
from tests.customers.imports.acting import (
    COLUMNS,
    HEADINGS,
    apply,
    check,
    effects,
    get,
    hand_in,
    kinds,
    outcomes,
    undo,
    work,
)
from tests.makers.customers import make_customer, make_fay, say_consent
from tests.makers.inbox import make_house, make_received

pytestmark = pytest.mark.usefixtures("hand_clock")
ANNE = "Anne;Morel;anne@client.example;06 12 34 56 99;69003;Lyon"
CONSENTED = {**COLUMNS, 6: "consent_email", 7: "consent_at", 8: "consent_source"}
STATEMENT: dict[str, Any] = {"source": "Salon", "said_on": date(2026, 2, 1), "wording": "Recevoir nos offres"}
WITH_CONSENT = HEADINGS + ";Optin;Date optin;Source optin"


def find(mail: str) -> queries.CustomerRow:
    found = queries.find_customer_by_address(mail)
    assert found is not None
    return found


def rows_of(session: Session, import_id: int) -> list[ImportRow]:
    found = select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.row)
    return list(session.scalars(found.execution_options(populate_existing=True)))


def states(session: Session) -> dict[str, ConsentAction]:
    found = select(ConsentState.address, ConsentState.action)
    return dict(session.execute(found.where(ConsentState.purpose == Purpose.PROMOTION)).all())


def test_a_consent_needs_source_date_and_wording(session: Session) -> None:
    lines = [
        "A;Un;un@client.example;;;;oui;2026-01-10;caisse",
        "B;Deux;deux@client.example;;;;oui;;",
        "C;Trois;trois@client.example;;;;non;;",
    ]
    check(import_id := hand_in(*lines, headings=WITH_CONSENT), CONSENTED)
    assert "consent_evidence" in kinds(session, import_id)[2]  # no wording
    assert "consent_evidence" in kinds(session, import_id)[3]
    apply(import_id)
    assert outcomes(session, import_id) == ["new", "new", "new"]
    assert states(session) == {"trois@client.example": ConsentAction.WITHDRAWN}
    check(import_id := hand_in(*lines, headings=WITH_CONSENT), CONSENTED, **STATEMENT)
    assert outcomes(session, import_id) == ["updated", "updated", "unchanged"]
    apply(import_id)
    given = ConsentAction.GIVEN
    assert states(session)["un@client.example"] is states(session)["deux@client.example"] is given
    entry = session.scalars(select(ConsentEntry).where(ConsentEntry.address == "un@client.example")).one()
    assert (entry.wording, entry.collection_point, entry.evidence["row"]) == (
        "Recevoir nos offres",
        "caisse",
        2,
    )
    assert entry.happened_at.date() <= date(2026, 1, 10)
    check(import_id := hand_in(*lines, headings=WITH_CONSENT), CONSENTED, **STATEMENT)
    assert outcomes(session, import_id) == ["unchanged"] * 3


def test_no_import_overrides_a_later_refusal_or_a_blocked_address(session: Session) -> None:
    make_customer(session)
    make_fay(session)
    say_consent(is_given=False, happened_at=TUESDAY - timedelta(days=2))
    lines = [f"A;B;{name}@client.example;;;" for name in ("dora", "fay", "new")]
    check(import_id := hand_in(*lines), covers=(Channel.EMAIL,), **STATEMENT)
    found = kinds(session, import_id)
    assert "consent_refused" in found[2]
    assert "consent_blocked" in found[3]
    apply(import_id)
    assert states(session) == {
        "dora@client.example": ConsentAction.WITHDRAWN,
        "new@client.example": ConsentAction.GIVEN,
    }
    assert (
        queries.list_addresses(find("fay@client.example").id)[0].suppressions[0][1]
        is SuppressionReason.HARD_BOUNCE
    )


UNDONE = [
    "Dora;Lefèvre;dora@client.example;06 12 34 56 99;13001;Marseille",
    "Anne;Morel;anne@client.example;;;",
    "Bob;Petit;bob@client.example;;;",
    "Bob;Petit;bob@client.example;;13001;Aubagne",
]


def test_the_undo_removes_what_is_new_and_gives_back_what_was_changed(session: Session) -> None:
    make_house(session)
    dora = make_customer(session, postcode="", phone=None)
    before = queries.get_customer(dora.id)
    check(import_id := hand_in(*UNDONE), covers=(Channel.EMAIL,), **STATEMENT)
    apply(import_id)
    bob = find("bob@client.example")
    session.add(
        AuditEntry(
            happened_at=TUESDAY,
            actor_kind="system",
            action="x",
            subject_kind="customer",
            subject_id=bob.id,
            data={},
        )
    )
    session.get_one(Customer, dora.id).town = "Cassis"
    session.flush()
    make_received(from_address="anne@client.example", mail_message_id="<2@client.example>")
    undo(import_id)
    assert get(session, import_id).state is ImportState.UNDONE
    assert [each.undone for each in effects(session, import_id)] == [
        UndoOutcome.PARTLY,
        UndoOutcome.KEPT,
        UndoOutcome.REMOVED,
        UndoOutcome.RESTORED,
    ]
    assert effects(session, import_id)[0].undo_note == ["town"]
    assert "tickets" in effects(session, import_id)[1].undo_note
    session.expire_all()
    after = queries.get_customer(dora.id)
    assert (after.postcode, after.phone, after.name) == (before.postcode, None, before.name)
    assert session.get_one(Customer, dora.id).town == "Cassis"
    assert queries.find_customer_by_address("bob@client.example") is None
    assert find("anne@client.example").name == "Anne Morel"
    assert set(states(session).values()) == {ConsentAction.WITHDRAWN}
    assert session.scalar(select(func.count()).select_from(ConsentEntry)) == 6
    with pytest.raises(Conflict), transaction():
        actions.undo_import(import_id, by=SYSTEM, now=TUESDAY)


def test_after_seven_days_nothing_can_be_undone_and_only_counts_are_left(
    session: Session, hand_clock: HandClock
) -> None:
    check(import_id := hand_in(ANNE, name="a.csv"))
    apply(import_id)
    digest = get(session, import_id).digest
    os.utime(files.find_path(digest), (0, 0))  # the clock of the machine is not in the test's hand
    hand_clock.move(days=6)
    work()
    assert session.scalar(select(func.count()).select_from(ImportRow)) == 1
    hand_clock.move(days=1)
    with pytest.raises(Conflict), transaction():
        actions.undo_import(import_id, by=SYSTEM, now=hand_clock.now)
    work()
    for kind in (ImportRow, ImportFinding, ImportKey):
        assert session.scalar(select(func.count()).select_from(kind)) == 0
    session.expire_all()
    [effect] = session.scalars(select(ImportEffect))
    assert (effect.before, effect.after, effect.made, effect.undo_note) == ({}, {}, {}, [])
    assert people.list_people(import_id).rows == [find("anne@client.example").id]
    row = get(session, import_id)
    assert (row.sha256, row.samples, row.counts["outcomes"]["new"]) == (None, [], 1)
    with pytest.raises(NotFound):
        files.find_path(digest)


def test_a_stopped_import_stops_and_goes_on_or_is_undone(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one = {state: phase.__class__(phase.take, phase.do, 1) for state, phase in PHASES.items()}
    monkeypatch.setattr("hub.customers.imports.phases.PHASES", one_by_one)
    check(import_id := hand_in(ANNE, "Bob;Petit;bob@client.example;;;"))
    with transaction():
        actions.apply_import(import_id, by=SYSTEM, now=TUESDAY)
    assert working.work_imports(lambda: None) == 1
    with transaction():
        actions.stop_import(import_id, by=SYSTEM, now=TUESDAY)
    work()
    assert session.scalar(select(func.count()).select_from(Customer)) == 1
    apply(import_id)
    assert session.scalar(select(func.count()).select_from(Customer)) == 2
    undo(import_id)
    assert session.scalar(select(func.count()).select_from(Customer)) == 0


def test_a_row_that_breaks_the_work_is_put_aside_alone(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_row = checking.check_row

    def break_on(row: int, values: Mapping[str, str], known: Known) -> object:
        if values["last_name"] == "Poison":
            raise ZeroDivisionError
        return check_row(row, values, known)

    lines = [
        "A;Un;un@client.example;;;",
        "B;Poison;deux@client.example;;;",
        "C;Trois;trois@client.example;;;",
    ]
    with monkeypatch.context() as patched:
        patched.setattr(desk, "check_row", break_on)
        check(import_id := hand_in(*lines))
    assert outcomes(session, import_id) == ["new", "refused failed", "new"]
    rows_of(session, import_id)[2].values = {"mail": "trois@client.example", "birth_on": "never"}
    session.flush()
    apply(import_id)
    assert outcomes(session, import_id) == ["new", "refused failed", "refused failed"]
    assert get(session, import_id).counts["rows"] == 3
    assert "row_failed" in kinds(session, import_id)[4]
    assert session.scalar(select(func.count()).select_from(Customer)) == 1


def test_a_row_that_ends_its_worker_is_tried_alone_and_left_out(
    session: Session, monkeypatch: pytest.MonkeyPatch, hand_clock: HandClock
) -> None:
    check(
        import_id := hand_in(
            "A;Un;un@client.example;;;", "B;Poison;deux@client.example;;;", "C;Trois;trois@client.example;;;"
        )
    )
    real = applying.apply_rows

    def die_on(desk_of_row: object, rows: Sequence[ImportRow], **given: object) -> None:
        if any(row.row == 3 for row in rows):
            raise MemoryError
        real(desk_of_row, rows, **given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(applying, "apply_rows", die_on)
    with transaction():
        actions.apply_import(import_id, by=SYSTEM, now=TUESDAY)
    for _ in range(12):
        with transaction() as opened:
            opened.execute(update(CustomerImport).values(lease_until=None))
        working.work_imports(lambda: None)
    assert get(session, import_id).state is ImportState.APPLIED
    assert outcomes(session, import_id) == ["new", "refused failed", "new"]


def test_the_chains_own_properties_come_along_and_go_back(session: Session) -> None:
    for key, kind in (("pref_size", PropertyKind.NUMBER), ("pref_vip", PropertyKind.BOOLEAN)):
        words: dict[str, Any] = {"label": key, "description": "For tests.", "is_new": True}
        save_property(key=key, family="pref", kind=kind, by=SYSTEM, now=TUESDAY, **words)
    dora = make_customer(session, properties={"pref_size": 38})
    columns = {0: "mail", 1: "property:pref_size", 2: "property:pref_vip"}
    lines = ["dora@client.example;41;oui", "anne@client.example;large;non"]
    check(import_id := hand_in(*lines, headings="E-mail;Taille;VIP"), columns, clash=Clash.OVERWRITE)
    assert kinds(session, import_id)[3] >= {"wrong_column"}
    apply(import_id)
    session.expire_all()
    assert session.get_one(Customer, dora.id).properties == {"pref_size": 41, "pref_vip": True}
    assert session.get_one(Customer, find("anne@client.example").id).properties == {"pref_vip": False}
    undo(import_id)
    session.expire_all()
    assert session.get_one(Customer, dora.id).properties == {"pref_size": 38}
