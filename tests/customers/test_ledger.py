"""The ledger cannot be rewritten, the states follow from it, and erasure leaves a hash that still refuses."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.core.actor import CUSTOMER, SYSTEM
from hub.core.words import ActorKind, Channel, Language, Purpose
from hub.customers import optin
from hub.customers.actions import (
    CustomerDetails,
    erase_addresses,
    find_or_create_customer,
    rebuild_consents,
    stop_messages,
    suppress,
)
from hub.customers.consents import record_consent
from hub.customers.leaving import tell_leaving
from hub.customers.models import ConsentEntry, ConsentState, OptinRequest
from hub.customers.preferences import pause, read_preferences
from hub.customers.queries import get_contact_notes, get_contactability, get_suppressed, list_consents
from hub.customers.rebuilding import compare_consents
from hub.customers.rules import Said, choose_answer
from hub.customers.words import (
    AddressKind,
    ConsentAction,
    LeavingReason,
    LegalBasis,
    SuppressionReason,
)
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer, say_consent

DORA = "dora@client.example"


def say(
    address: str = DORA,
    *,
    theme: str = "",
    is_given: bool = True,
    hours: int = 0,
    purpose: Purpose = Purpose.PROMOTION,
    point: str = "import:clients.csv:17",
) -> int:
    return record_consent(
        address_kind=AddressKind.MAIL,
        address=address,
        channel=Channel.EMAIL,
        purpose=purpose,
        theme=theme,
        action=ConsentAction.GIVEN if is_given else ConsentAction.WITHDRAWN,
        legal_basis=LegalBasis.BUSINESS_ADDRESS,
        wording="Oui",
        wording_version="3",
        collection_point=point,
        by=CUSTOMER,
        now=TUESDAY + timedelta(days=90),
        happened_at=TUESDAY + timedelta(hours=hours),
        ip="10.0.0.1",
        user_agent="Firefox",
    )


@pytest.mark.parametrize("statement", [update(ConsentEntry).values(wording="Non"), delete(ConsentEntry)])
def test_the_database_itself_refuses_to_rewrite_the_ledger(session: Session, statement: object) -> None:
    say()
    with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
        session.execute(statement)  # type: ignore[call-overload]  # an update or a delete
    assert session.scalars(select(ConsentEntry.wording)).one() == "Oui"


def test_erasing_may_blacken_an_entry_and_nothing_else(session: Session) -> None:
    say()
    session.execute(text("SELECT set_config('comptoir.erasing', 'yes', true)"))
    for wrong in (update(ConsentEntry).values(action=ConsentAction.WITHDRAWN), delete(ConsentEntry)):
        with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
            session.execute(wrong)


def test_an_entry_holds_its_whole_proof(session: Session) -> None:
    dora = make_customer(session)
    say()
    row = list_consents(dora.id)[0]
    assert (row.wording, row.wording_version, row.collection_point) == ("Oui", "3", "import:clients.csv:17")
    assert (row.actor_kind, row.ip, row.user_agent) == (ActorKind.CUSTOMER, "10.0.0.1", "Firefox")
    assert (row.legal_basis, row.happened_at) == (LegalBasis.BUSINESS_ADDRESS, TUESDAY)


def test_what_was_said_belongs_to_the_address_not_to_the_customer(session: Session) -> None:
    say("shared@client.example")
    late = make_customer(session, mail="shared@client.example", phone=None)
    assert (Channel.EMAIL, Purpose.PROMOTION) in get_contactability([late.id])[late.id].consents


STATEMENTS = st.lists(
    st.tuples(
        st.sampled_from([DORA, "emil@client.example"]),
        st.sampled_from(["", "kitchen", "garden"]),
        st.booleans(),
        st.integers(0, 5),
        st.sampled_from([Purpose.PROMOTION, Purpose.OPEN_MEASUREMENT]),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STATEMENTS)
def test_the_states_are_what_the_ledger_says(
    session: Session, statements: list[tuple[str, str, bool, int, Purpose]]
) -> None:
    with session.begin_nested() as point:
        for number, (address, theme, is_given, hours, purpose) in enumerate(statements):
            say(
                address,
                theme=theme,
                is_given=is_given,
                hours=hours,
                purpose=purpose,
                point=f"till {number}",
            )
        assert compare_consents().is_same
        session.execute(delete(ConsentState))
        assert rebuild_consents().is_same is (not statements)
        assert compare_consents().is_same
        point.rollback()


def test_a_state_that_lies_is_found_and_put_right(session: Session) -> None:
    dora = make_customer(session)
    say()
    session.execute(update(ConsentState).values(action=ConsentAction.WITHDRAWN))
    assert compare_consents().missing_count == 1
    rebuild_consents()
    assert compare_consents().is_same
    assert (Channel.EMAIL, Purpose.PROMOTION) in get_contactability([dora.id])[dora.id].consents


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "kitchen", "garden"]), st.booleans(), st.integers(0, 9)),
        max_size=3,
        unique_by=lambda each: each[0],
    )
)
def test_a_theme_has_its_own_answer_until_all_is_refused_later(said: list[tuple[str, bool, int]]) -> None:
    states = [
        Said(
            Channel.EMAIL,
            Purpose.PROMOTION,
            theme,
            ConsentAction.GIVEN if is_given else ConsentAction.WITHDRAWN,
            TUESDAY + timedelta(days=days),
        )
        for theme, is_given, days in said
    ]
    by_theme = {theme: (is_given, days) for theme, is_given, days in said}
    answer = choose_answer(states, Channel.EMAIL, Purpose.PROMOTION, "kitchen")
    whole, part = by_theme.get(""), by_theme.get("kitchen")
    if part is None:
        assert answer is (None if whole is None else _action(whole[0]))
    elif whole is not None and not whole[0] and whole[1] > part[1]:
        assert answer is ConsentAction.WITHDRAWN
    else:
        assert answer is _action(part[0])
    assert choose_answer(states, Channel.SMS, Purpose.PROMOTION, "kitchen") is None


def _action(is_given: bool) -> ConsentAction:
    return ConsentAction.GIVEN if is_given else ConsentAction.WITHDRAWN


def test_a_new_customer_with_an_erased_address_is_still_blocked(session: Session) -> None:
    dora = make_customer(session)
    say()
    stop_messages(address=DORA, channel=Channel.EMAIL, wording="STOP", collection_point="mail:1", now=TUESDAY)
    suppress("+33612345678", reason=SuppressionReason.STOP, now=TUESDAY)
    assert erase_addresses(dora.id, by=SYSTEM, now=TUESDAY) == 2
    assert session.scalars(select(ConsentEntry).where(ConsentEntry.address == DORA)).all() == []
    kept = session.scalars(select(ConsentEntry)).all()
    assert len(kept) == 4
    assert all(entry.address.startswith("erased:") and entry.ip is None for entry in kept)
    new = find_or_create_customer(CustomerDetails(email=DORA, phone="+33612345678"), now=TUESDAY)
    assert new != dora.id
    blocked = get_contactability([new])[new].suppressed
    assert blocked >= {f"{DORA}|promotion", f"{DORA}|newsletter", f"{DORA}|survey", "+33612345678"}
    assert get_contactability([new])[new].consents == frozenset()
    assert compare_consents().is_same


def test_a_refused_theme_survives_erasure(session: Session) -> None:
    dora = make_customer(session)
    say(theme="kitchen", is_given=False)
    erase_addresses(dora.id, by=SYSTEM, now=TUESDAY)
    assert f"{DORA}|promotion" in get_suppressed([DORA])


def test_only_his_own_yes_ends_what_he_had_refused(session: Session) -> None:
    dora = make_customer(session)
    stop_messages(address=DORA, channel=Channel.EMAIL, wording="STOP", collection_point="mail:1", now=TUESDAY)
    erase_addresses(dora.id, by=SYSTEM, now=TUESDAY)
    say_consent(happened_at=TUESDAY + timedelta(days=1))  # an import says yes for him
    assert f"{DORA}|promotion" in get_suppressed([DORA])
    say(hours=48)
    assert f"{DORA}|promotion" not in get_suppressed([DORA])
    assert f"{DORA}|survey" in get_suppressed([DORA])


def test_a_bounce_is_not_ended_by_a_yes(session: Session) -> None:
    suppress(DORA, reason=SuppressionReason.HARD_BOUNCE, now=TUESDAY)
    suppress(DORA, purpose=Purpose.PROMOTION, reason=SuppressionReason.COMPLAINT, now=TUESDAY)
    say()
    assert get_suppressed([DORA]) == {DORA}


def test_erasure_forgets_choices_reasons_and_open_questions(session: Session) -> None:
    dora = make_customer(session)
    found = read_preferences(DORA, Channel.EMAIL, channels=[], themes=[], now=TUESDAY)
    pause(found, now=TUESDAY)
    tell_leaving(DORA, Channel.EMAIL, reason=LeavingReason.OTHER, remark="Anne, Lyon", now=TUESDAY)
    wish = optin.Wish(AddressKind.MAIL, DORA, Channel.EMAIL, Purpose.PROMOTION, "", "Oui")
    optin.ask_optin(
        address=DORA,
        wishes=[wish],
        wording_version="1",
        collection_point="form:x",
        language=Language.FRENCH,
        now=TUESDAY,
        ip="10.0.0.1",
    )
    erase_addresses(dora.id, by=SYSTEM, now=TUESDAY)
    session.expire_all()
    assert get_contact_notes([DORA]) == {}
    request = session.scalars(select(OptinRequest)).one()
    assert (request.wishes, request.ip, DORA in request.address) == ([], None, False)
    left = session.execute(text("SELECT address_hash, remark FROM leaving_answers")).one()
    assert tuple(left) == ("", "")
