"""What an import must not do: undo what others did since, override a refusal by a wrong date, lose a file others name."""

import os
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import hub.models
from hub.core import files
from hub.core.actor import SYSTEM
from hub.core.db import Base, transaction
from hub.core.errors import Conflict, HubError, Invalid
from hub.core.facts import Fact, record
from hub.core.words import Channel
from hub.customers.imports import actions, checking, fixing, keeping, knowing, phases, world
from hub.customers.imports.models import ImportRow
from hub.customers.imports.rules import BOUND
from hub.customers.imports.words import Clash, ImportState, UndoOutcome
from hub.customers.models import Address, ConsentEntry, Customer
from hub.customers.words import AddressKind, ConsentAction
from hub.identity import erasing
from hub.identity.merging import merge_customers
from hub.segments.values.facts import StageChanged
from hub.takeover.models import Takeover
from hub.takeover.words import TakeoverSource, TakeoverState
from tests.conftest import TUESDAY, HandClock
from tests.customers.imports.acting import apply, check, effects, get, hand_in, kinds, outcomes, undo, work
from tests.customers.imports.test_effects import (
    ANNE,
    CONSENTED,
    STATEMENT,
    WITH_CONSENT,
    find,
    rows_of,
    states,
)
from tests.makers.customers import make_customer, say_consent

pytestmark = pytest.mark.usefixtures("hand_clock")


def test_a_day_that_is_not_yet_gives_no_consent_and_overrides_no_refusal(session: Session) -> None:
    make_customer(session)
    say_consent(is_given=False, happened_at=TUESDAY - timedelta(days=2))
    import_id = hand_in("Dora;Lefèvre;dora@client.example;;;")
    with pytest.raises(Invalid) as refused:
        check(import_id, covers=(Channel.EMAIL,), **STATEMENT | {"said_on": date(2027, 1, 1)})
    assert refused.value.field == "said_on"
    lines = [
        "D;L;dora@client.example;;;;oui;2027-01-10;caisse",
        "A;B;un@client.example;;;;oui;10/01/2027;caisse",
        "A;B;deux@client.example;;;;non;10/01/2027;caisse",
    ]
    check(import_id := hand_in(*lines, headings=WITH_CONSENT), CONSENTED, **STATEMENT)
    found = kinds(session, import_id)
    assert {"date_future", "consent_evidence"} <= found[2] & found[3]
    apply(import_id)
    no = ConsentAction.WITHDRAWN
    assert states(session) == {"dora@client.example": no, "deux@client.example": no}
    entry = session.scalars(select(ConsentEntry).where(ConsentEntry.address == "deux@client.example")).one()
    assert entry.happened_at == TUESDAY
    check(hand_in(ANNE), covers=(Channel.EMAIL,), **STATEMENT | {"said_on": TUESDAY.date()})


def test_the_end_of_an_import_leaves_a_file_that_others_name(session: Session, hand_clock: HandClock) -> None:
    digests = []
    for name in ("one", "other"):
        digest = get(session, hand_in(ANNE.replace("Anne", name))).digest
        os.utime(files.find_path(digest), (0, 0))
        digests.append(digest)
    given = {"source": TakeoverSource.MBOX, "file_name": "a", "state": TakeoverState.CHECKING}
    session.add(Takeover(**given, sha256=digests[0], mapping={}, report={}, created_at=TUESDAY))
    session.flush()
    hand_clock.move(days=8)
    work()
    assert files.find_path(digests[0]).is_file()
    with pytest.raises(HubError):
        files.find_path(digests[1])


def test_whom_an_agent_corrected_is_kept_by_the_undo_with_the_fields(session: Session) -> None:
    twice = "Bob;Petit;bob@client.example;;13001;Aubagne"
    check(
        import_id := hand_in(ANNE, "Bob;Petit;bob@client.example;;;", twice, "Eva;Roy;eva@client.example;;;")
    )
    apply(import_id)
    anne = session.get_one(Customer, find("anne@client.example").id)
    anne.street, anne.properties = "3 rue Haute", {"pref_note": "x"}
    record(StageChanged(customer_id=find("eva@client.example").id, from_stage="a", to_stage="b"), now=TUESDAY)
    session.flush()
    undo(import_id)
    kept = effects(session, import_id)
    removed = UndoOutcome.REMOVED
    assert [each.undone for each in kept] == [UndoOutcome.KEPT, removed, UndoOutcome.RESTORED, removed]
    assert kept[0].undo_note == ["property:pref_note", "street"]
    assert find("anne@client.example").name == "Anne Morel"


def test_the_undo_leaves_a_consent_the_customer_gave_himself_since(session: Session) -> None:
    check(import_id := hand_in(ANNE, "A;B;un@client.example;;;"), covers=(Channel.EMAIL,), **STATEMENT)
    apply(import_id)
    say_consent("anne@client.example", happened_at=TUESDAY)
    undo(import_id)
    assert states(session) == {
        "anne@client.example": ConsentAction.GIVEN,
        "un@client.example": ConsentAction.WITHDRAWN,
    }


def test_an_undo_that_failed_is_resumed_and_never_applied(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(import_id := hand_in(ANNE))
    apply(import_id)

    def fail(*_given: object) -> None:
        raise Invalid("no")

    with monkeypatch.context() as patched:
        phase = phases.PHASES[ImportState.UNDOING]
        broken = {**phases.PHASES, ImportState.UNDOING: phase.__class__(phase.take, fail, 1)}
        patched.setattr("hub.customers.imports.phases.PHASES", broken)
        undo(import_id)
    row = get(session, import_id)
    assert row.state is ImportState.FAILED
    assert not actions.may_apply(row.state, row.applied_at, row.purged_at, row.about)
    with pytest.raises(Conflict), transaction():
        actions.apply_import(import_id, by=SYSTEM, now=TUESDAY)
    undo(import_id)
    assert get(session, import_id).state is ImportState.UNDONE
    assert session.scalars(select(Customer)).all() == []


def test_a_row_bound_to_a_customer_finds_who_he_became(session: Session) -> None:
    dora = make_customer(session)
    double = make_customer(session, "Dorra", mail="d2@client.example", phone=None)
    gone = make_customer(session, "Paul", mail=None, phone=None)
    check(import_id := hand_in("D;L;d3@client.example;;;", "P;Q;p@client.example;;;"))
    for place, customer in ((2, double), (3, gone)):
        with transaction():
            fixing.edit_row(import_id, place, {BOUND: str(customer.id)}, by=SYSTEM, now=TUESDAY)
    merge_customers(dora.id, [double.id], by=SYSTEM, now=TUESDAY)
    session.get_one(Customer, gone.id).erased_at = TUESDAY
    session.flush()
    apply(import_id)
    assert find("d3@client.example").id == dora.id
    assert find("p@client.example").id not in {dora.id, double.id, gone.id}


def test_only_rows_that_are_taken_confirm_an_address(session: Session) -> None:
    dora = make_customer(session, phone=None)
    make_customer(session, "Emil", "Roux", mail="emil@client.example", phone=None)
    session.execute(update(Address).values(unconfirmed_since=TUESDAY))
    check(import_id := hand_in("D;L;dora@client.example;;;", "E;R;emil@client.example;;;"))
    with transaction():
        fixing.decide_row(import_id, 2, Clash.SKIP, by=SYSTEM, now=TUESDAY)
    apply(import_id)
    waiting = select(Address.customer_id).where(Address.unconfirmed_since.is_not(None))
    assert session.scalars(waiting).all() == [dora.id]


def test_an_address_that_stands_in_every_row_is_compared_with_a_few(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "MOST_ALIKE", 3)
    monkeypatch.setattr(world, "FEW_ALIKE", 1)
    monkeypatch.setattr("hub.customers.imports.phases.PHASES", one_by_one())
    loaded: list[int] = []
    real = world.list_relatives

    def counted(*given: object, **named: object) -> list[ImportRow]:
        rows = real(*given, **named)  # type: ignore[arg-type]  # as it was called
        loaded.append(len(rows))
        return rows

    monkeypatch.setattr(checking, "list_relatives", counted)
    check(import_id := hand_in(*[f"A;B;client@magasin.example;;{13000 + n};" for n in range(12)]))
    assert outcomes(session, import_id) == ["new"] + ["unchanged"] * 11
    assert {row.same_as for row in rows_of(session, import_id)[1:]} == {2}
    assert max(loaded) <= 8
    apply(import_id)
    assert len(session.scalars(select(Customer)).all()) == 1


def one_by_one() -> dict[ImportState, phases.Phase]:
    return {state: phase.__class__(phase.take, phase.do, 1) for state, phase in phases.PHASES.items()}


def test_the_import_finds_what_the_check_finds(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowing, "checker", lambda: lambda domain: domain != "nowhere.example")
    lines = [
        ANNE + ";;une cellule de trop",
        "Bob;Petit;bob@nowhere.example;;;",
        "Eva;Roy;eva@client.example;;;",
    ]
    check(import_id := hand_in(*lines))
    found = kinds(session, import_id)
    assert "cell_count" in found[2]
    assert "mail_no_server" in found[3]
    assert not {"cell_count", "mail_no_server"} & found.get(4, set())


def test_the_undo_leaves_one_first_address(session: Session) -> None:
    dora = make_customer(session, phone=None)
    check(import_id := hand_in("D;L;new@client.example;;;"))
    with transaction():
        fixing.edit_row(import_id, 2, {BOUND: str(dora.id)}, by=SYSTEM, now=TUESDAY)
        fixing.decide_row(import_id, 2, Clash.OVERWRITE, by=SYSTEM, now=TUESDAY)
    apply(import_id)
    third = Address(customer_id=dora.id, kind=AddressKind.MAIL, value="c@client.example", created_at=TUESDAY)
    third.is_primary = True
    session.execute(update(Address).values(is_primary=False))
    session.add(third)
    session.flush()
    undo(import_id)
    first = select(Address.value).where(Address.customer_id == dora.id, Address.is_primary.is_(True))
    assert session.scalars(first).all() == ["c@client.example"]


def test_the_tables_and_facts_that_keep_nobody_exist() -> None:
    assert set(Base.metadata.tables) >= keeping.SILENT
    assert {each.kind() for each in all_facts(Fact)} >= keeping.COMPUTED_FACTS
    assert hub.models


def all_facts(kind: type[Fact]) -> set[type[Fact]]:
    return {kind}.union(*(all_facts(each) for each in kind.__subclasses__()))


def test_whom_a_file_names_and_who_is_erased_meanwhile_does_not_come_back(session: Session) -> None:
    """In whatever state the import is: its columns to be matched, its report ready, or stopped half-way."""
    dora = make_customer(session)
    lines = ["Dora;Lefèvre;Dora@Client.example;;;", "Dora;L;;06.12.34.56.78;;", ANNE.replace("99;", "98;")]
    matching = hand_in(*lines)
    check(checked := hand_in(*lines))
    erasing.ask_erasure(dora.id, by=SYSTEM, now=TUESDAY)
    while erasing.work_erasures(lambda: None):
        pass
    assert "client.example" not in str(get(session, matching).samples[:2]).lower()
    check(matching)
    assert outcomes(session, matching) == ["skipped empty", "skipped empty", "new"]
    assert kinds(session, matching)[2] == {"erased"}
    assert [row.values for row in rows_of(session, matching)[:2]] == [{}, {}]
    for import_id in (checked, matching):
        apply(import_id)
        assert outcomes(session, import_id)[:2] == ["skipped empty", "skipped empty"]
    assert session.scalars(select(Address.value).where(Address.kind == AddressKind.MAIL)).all() == [
        "anne@client.example"
    ]
    assert session.scalars(select(Address.value).where(Address.kind == AddressKind.PHONE)).all() == [
        "+33612345698"
    ]
