"""The preferences page and one-click unsubscribe by HTTP: GET changes nothing, POST acts at once, all is kept with proof."""

import re
import secrets
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import signing
from hub.core.actor import SYSTEM
from hub.core.words import Channel, Language, Purpose
from hub.customers.actions import suppress
from hub.customers.models import ConsentEntry, ContactChoice, Customer, LeavingAnswer
from hub.customers.queries import get_contact_notes, get_contactability
from hub.customers.themes import Theme, change_themes
from hub.customers.words import ConsentAction, LeavingReason, SuppressionReason
from hub.outbox.addresses import UNSUBSCRIBE
from hub.stores.models import Store
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, say_consent
from tests.makers.inbox import make_house

DORA = "dora@client.example"
MAIL_PROMOTION = (Channel.EMAIL, Purpose.PROMOTION)


@pytest.fixture
def lyon(session: Session, client: FlaskClient) -> Store:
    client.environ_base["REMOTE_ADDR"] = f"10.1.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
    return make_house(session)


def link(purpose: Purpose = Purpose.PROMOTION, address: str = DORA, channel: Channel = Channel.EMAIL) -> str:
    return signing.sign(UNSUBSCRIBE, {"a": address, "c": channel.value, "p": purpose.value})


def boxes(page: str) -> dict[str, bool]:
    """Every box of the page and whether it is on."""
    found = re.findall(r'type="checkbox" name="wish" value="([^"]+)"( checked)?', page)
    return {key: bool(is_on) for key, is_on in found}


def save(client: FlaskClient, *wanted: str, **fields: str) -> str:
    """The form as a browser sends it: what is shown, what is ticked."""
    shown = list(boxes(client.get(f"/preferences/{link()}").text))
    data = {"act": "save", "shown": shown, "wish": list(wanted), **fields}
    return client.post(f"/preferences/{link()}", data=data).text


def ledger(session: Session) -> list[ConsentEntry]:
    return list(session.scalars(select(ConsentEntry).order_by(ConsentEntry.id)))


def snapshot(session: Session) -> tuple[int, int, int]:
    session.expire_all()
    return tuple(  # type: ignore[return-value]  # three counts
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (ConsentEntry, ContactChoice, LeavingAnswer)
    )


def test_looking_at_the_links_changes_nothing(session: Session, client: FlaskClient, lyon: Store) -> None:
    dora = make_customer(session)
    say_consent()
    before = snapshot(session)
    for path in (f"/u/{link()}", f"/preferences/{link()}", f"/u/{link()}?lang=en"):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
        assert "Set-Cookie" not in client.get(path).headers
    assert "Arrêter ces messages" in client.get(f"/u/{link()}").text
    assert snapshot(session) == before
    assert MAIL_PROMOTION in get_contactability([dora.id])[dora.id].consents


def test_one_click_stops_at_once_with_its_proof(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    dora = make_customer(session)
    say_consent()
    hand_clock.move(days=1)
    answer = client.post(
        f"/u/{link()}", data={"List-Unsubscribe": "One-Click"}, headers={"User-Agent": "Mailer/1"}
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert MAIL_PROMOTION in get_contactability([dora.id])[dora.id].refusals
    entry = ledger(session)[-1]
    assert (entry.action, entry.user_agent) == (ConsentAction.WITHDRAWN, "Mailer/1")
    assert entry.ip == client.environ_base["REMOTE_ADDR"]
    assert "C’est arrêté" in client.post(f"/u/{link()}").text
    assert client.post(f"/u/{link()[:-2]}").status_code == 404


def test_an_address_that_is_no_customer_any_more_can_still_stop(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    client.post(f"/u/{link(address='nobody@client.example')}", data={"List-Unsubscribe": "One-Click"})
    assert ledger(session)[0].address == "nobody@client.example"
    assert client.get(f"/u/{link(address='nobody@client.example')}").status_code == 200


def test_stop_everything_then_choose_again(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    dora = make_customer(session)
    say_consent()
    hand_clock.move(days=1)
    assert "Tout arrêter" in client.get(f"/preferences/{link()}").text
    page = client.post(f"/preferences/{link()}", data={"act": "stop"}).text
    assert "Pourquoi nous quittez-vous" in page
    assert not any(boxes(page).values())
    refused = {purpose for _, purpose in get_contactability([dora.id])[dora.id].refusals}
    assert refused >= {Purpose.SURVEY, Purpose.PROMOTION, Purpose.NEWSLETTER}
    hand_clock.move(days=1)
    assert boxes(save(client, "email:newsletter"))["email:newsletter"]
    now = get_contactability([dora.id])[dora.id]
    assert (Channel.EMAIL, Purpose.NEWSLETTER) in now.consents
    assert (Channel.EMAIL, Purpose.SURVEY) in now.refusals


def test_saving_what_is_shown_says_nothing_new(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    make_customer(session)
    say_consent()
    hand_clock.move(days=1)
    save(client, "email:survey", "email:promotion")
    assert len(ledger(session)) == 1


def test_a_box_that_was_not_on_the_page_is_left_alone(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    dora = make_customer(session)
    say_consent()
    hand_clock.move(days=1)
    client.post(f"/preferences/{link()}", data={"act": "save", "shown": ["email:newsletter"]})
    assert MAIL_PROMOTION in get_contactability([dora.id])[dora.id].consents


def test_open_measurement_is_asked_and_kept(session: Session, client: FlaskClient, lyon: Store) -> None:
    dora = make_customer(session)
    save(client, "email:survey", "email:open_measurement")
    assert (Channel.EMAIL, Purpose.OPEN_MEASUREMENT) in get_contactability([dora.id])[dora.id].consents


def test_themes_are_chosen_one_by_one(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    make_customer(session)
    change_themes([Theme("", "Cuisine", "Kitchen"), Theme("", "Jardin", "Garden")], by=SYSTEM, now=TUESDAY)
    say_consent()
    page = client.get(f"/preferences/{link()}").text
    assert ": Cuisine" in page
    assert boxes(page)["email:promotion:cuisine"]  # all offers are these too
    hand_clock.move(days=1)
    page = save(client, "email:promotion", "email:promotion:jardin", "email:survey")
    assert not boxes(page)["email:promotion:cuisine"]
    assert boxes(page)["email:promotion:jardin"]
    hand_clock.move(days=1)
    page = save(client, "email:promotion:jardin")  # that theme alone, all others end
    assert boxes(page) | {"email:promotion:jardin": True, "email:promotion": False} == boxes(page)
    hand_clock.move(days=1)
    client.post(f"/u/{link()}", data={"List-Unsubscribe": "One-Click"})
    assert not boxes(client.get(f"/preferences/{link()}").text)["email:promotion:jardin"]


def test_own_frequency_pause_and_language_are_kept(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    dora = make_customer(session)
    page = save(client, "email:survey", frequency="1/30", language="en")
    assert '<option value="1/30" selected>' in page
    assert "It counts from now on" in page
    assert session.get_one(Customer, dora.id).language is Language.ENGLISH
    notes = get_contact_notes([DORA, "+33612345678"])
    assert {(note.cap_count, note.cap_days) for note in notes.values()} == {(1, 30)}
    page = client.post(f"/preferences/{link()}", data={"act": "pause"}).text
    assert "Paused until" in page
    assert get_contact_notes([DORA])[DORA].paused_until == TUESDAY + timedelta(days=30)
    assert get_contact_notes([DORA])[DORA].cap_count == 1
    client.post(f"/preferences/{link()}", data={"act": "resume"})
    assert get_contact_notes([DORA])[DORA].paused_until is None
    save(client, "email:survey", frequency="999/1")
    assert get_contact_notes([DORA])[DORA].cap_count is None


def test_why_somebody_leaves_is_kept_without_the_address(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    make_customer(session)
    page = client.post(
        f"/preferences/{link()}/leaving", data={"reason": "too_many", "remark": " Trop  de mails "}
    )
    assert "Merci de nous l’avoir dit" in page.text
    row = session.scalars(select(LeavingAnswer)).one()
    assert (row.reason, row.remark) == (LeavingReason.TOO_MANY, "Trop de mails")
    assert DORA not in row.address_hash
    client.post(f"/preferences/{link()}/leaving", data={"reason": "nonsense"})
    assert session.scalar(select(func.count()).select_from(LeavingAnswer)) == 1


def test_the_other_address_is_hinted_at_only(session: Session, client: FlaskClient, lyon: Store) -> None:
    make_customer(session)
    say_consent("+33612345678", channel=Channel.SMS)
    page = client.get(f"/preferences/{link(address='+33612345678', channel=Channel.SMS)}").text
    assert "06 12 34 56 78" in page
    assert DORA not in page
    assert "d…@client.example" in page


def test_the_link_works_for_years_and_needs_no_row(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    make_customer(session)
    token = link()
    hand_clock.move(days=365 * 6)
    assert client.get(f"/preferences/{token}").status_code == 200


def test_the_page_says_how_to_end_a_block(session: Session, client: FlaskClient, lyon: Store) -> None:
    make_customer(session)
    suppress("+33612345678", reason=SuppressionReason.STOP, now=TUESDAY)
    page = client.get(f"/preferences/{link(address='+33612345678', channel=Channel.SMS)}").text
    assert "envoyez-nous START par SMS" in page
    assert re.search(r'value="sms:promotion" disabled', page)
    assert 'name="shown" value="sms:promotion"' not in page
    suppress(DORA, reason=SuppressionReason.HARD_BOUNCE, now=TUESDAY)
    assert "n’arrivent pas à cette adresse" in client.get(f"/preferences/{link()}").text
