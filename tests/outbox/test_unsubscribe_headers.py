"""Every built-in mail that is not service carries the way out of RFC 8058, and its link stops what it names."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.channels.base import Envelope
from hub.content.actions import publish_builtin_templates
from hub.content.catalog import get_builtin, list_keys
from hub.core.words import Channel, Language, Purpose
from hub.customers.queries import get_contactability
from hub.outbox import actions as outbox
from hub.outbox.calling import write_envelope
from hub.outbox.letter import COLUMNS, load_letters
from hub.outbox.models import OutboundMessage
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house
from tests.makers.outbox import give_consent

REFUSABLE = frozenset({Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY})
KEYS = [key for key in list_keys() if Purpose(get_builtin(key, "fr").purpose) is not Purpose.STAFF]


def envelope_of(session: Session, key: str, language: Language) -> tuple[Envelope, Purpose, int]:
    """The mail as it leaves for a customer of its own, with every value of its examples."""
    address = address_of(key, language)
    customer, mail = make_customer(session, mail=address, phone=None), get_builtin(key, language.value)
    posted = outbox.post(
        key=f"walk:{key}:{language}",
        template_key=key,
        values=mail.examples(),
        purpose=Purpose(mail.purpose),
        language=language,
        customer_id=customer.id,
        due_at=TUESDAY,
        now=TUESDAY,
    )
    [letter] = load_letters(select(*COLUMNS).where(OutboundMessage.id == posted.message_id_row))
    written = write_envelope(letter, now=TUESDAY)
    assert isinstance(written, Envelope), written
    return written, letter.consent_purpose, customer.id


def address_of(key: str, language: Language) -> str:
    return f"{key}.{language}@client.example"


@pytest.mark.parametrize("language", list(Language))
def test_the_way_out_of_every_mail(session: Session, client: FlaskClient, language: Language) -> None:
    make_house(session)
    publish_builtin_templates(now=TUESDAY)
    for key in KEYS:
        check_the_way_out(session, client, key, language)


def check_the_way_out(session: Session, client: FlaskClient, key: str, language: Language) -> None:
    """Whom the mail is for may leave by one click, and by nothing less."""
    envelope, purpose, customer_id = envelope_of(session, key, language)
    link = envelope.headers.get("List-Unsubscribe", "").strip("<>")
    if purpose not in REFUSABLE:
        assert not link, key
        return
    assert envelope.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", key
    assert link in envelope.text, key
    assert link in (envelope.html or "").replace("&amp;", "&"), key
    give_consent(address_of(key, language), purpose)
    path = link.removeprefix("http://localhost")
    for _look in range(2):
        assert client.get(path).status_code == 200, key
        assert client.head(path).status_code == 200, key
    assert get_contactability([customer_id])[customer_id].refusals == frozenset(), key
    client.delete_cookie("session")
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200, key
    assert (Channel.EMAIL, purpose) in get_contactability([customer_id])[customer_id].refusals, key


def test_the_walk_meets_mails_of_every_kind() -> None:
    met = {Purpose(get_builtin(key, "fr").purpose) for key in KEYS}
    assert {Purpose.SURVEY, Purpose.PROMOTION, Purpose.SERVICE} <= met
