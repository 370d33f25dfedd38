"""Pictures of SMS and WhatsApp messages: on the message once they are fetched, or with the reason why they are not."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.channels.registry import ChannelSettings
from hub.channels.twilio_client import TwilioSettings
from hub.core import clock, files
from hub.core.errors import Conflict
from hub.inbox.actions import fetching
from hub.inbox.models import AwaitedFile, Ticket, TicketAttachment, TicketMessage
from hub.inbox.words import AwaitedState
from hub.mailroom import actions, working
from hub.outbox import wires
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.doubles.twilio import ACCOUNT, NUMBER, TOKEN
from tests.doubles.twilio_media import JPEG, PNG, Answer, MediaDouble, run_media_double
from tests.makers.staff import log_in, make_agent

ANNE = "+33639980001"


@pytest.fixture(scope="module")
def double() -> Iterator[MediaDouble]:
    with run_media_double() as found:
        yield found


@pytest.fixture
def twilio(session: Session, lyon: Store, double: MediaDouble) -> Iterator[MediaDouble]:
    account = TwilioSettings(ACCOUNT, ACCOUNT, TOKEN, TOKEN, "http://localhost", api_url=double.url)
    wires.use_transports(ChannelSettings(twilio=account))
    double.seen.clear()
    yield double
    wires.use_transports(ChannelSettings())


def text(*urls: str, body: str = "La voici", sid: str = "MM1", sender: str = ANNE) -> None:
    """Anne sends pictures, and the message is sorted."""
    fields = {"MessageSid": sid, "From": sender, "To": NUMBER, "Body": body, "NumMedia": str(len(urls))}
    fields |= {f"MediaUrl{number}": url for number, url in enumerate(urls)}
    actions.store_text(fields, now=TUESDAY, machine_now=clock.machine_now())
    while working.work_arrivals(lambda: None):
        pass


def fetch(session: Session, *, later: timedelta | None = None) -> int:
    """What the job does until nothing is due, after some time has passed."""
    if later is not None:
        at = clock.machine_now() - timedelta(seconds=1)
        session.execute(update(AwaitedFile).values(next_attempt_at=at))
    handled = 0
    while fetching.has_due() and (count := fetching.work_pictures(lambda: None)):
        handled += count
    session.expire_all()
    return handled


def shown(session: Session) -> list[str]:
    return list(session.scalars(select(TicketMessage)).one().inserted[fetching.AWAITED])


def rows(session: Session) -> list[tuple[Any, ...]]:
    found = select(AwaitedFile.state, AwaitedFile.reason, AwaitedFile.attempt_count).order_by(AwaitedFile.id)
    return [tuple(row) for row in session.execute(found)]


def test_pictures_are_fetched_by_the_job_and_attached_typed_by_content(
    session: Session, twilio: MediaDouble
) -> None:
    urls = [twilio.put("A1", Answer(content=PNG)), twilio.put("A2", Answer(content=JPEG))]
    text(*urls)
    message = session.scalars(select(TicketMessage)).one()
    assert (message.text, shown(session), twilio.seen) == ("La voici", ["waiting", "waiting"], [])
    assert fetch(session) == 2
    kept = session.scalars(select(TicketAttachment).order_by(TicketAttachment.id)).all()
    assert [(row.name, row.media_type) for row in kept] == [
        ("image-1.png", "image/png"),
        ("image-2.jpg", "image/jpeg"),
    ]
    assert [files.read(row.sha256) for row in kept] == [PNG, JPEG]
    assert shown(session) == ["kept", "kept"]
    assert not fetching.has_due()


def test_a_message_of_pictures_alone_says_so_and_stop_under_a_picture_is_no_stop(
    session: Session, twilio: MediaDouble
) -> None:
    url = twilio.put("B1", Answer(content=PNG))
    text(url, url, body="")
    text(url, body="Stop", sid="MM2", sender="whatsapp:+33639980002")
    assert session.scalars(select(TicketMessage.text).order_by(TicketMessage.id)).all() == [
        "[2 fichiers joints]",
        "Stop",
    ]
    assert fetch(session) == 3


def test_delivered_twice_and_fetched_by_two_it_is_attached_once(
    session: Session, twilio: MediaDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = twilio.put("C1", Answer(content=PNG))
    text(url)
    text(url)
    real = wires.fetch_file

    def fetch_slowly(*given: Any, **more: Any) -> Any:
        """While one worker waits for the file its lease runs out, and another one fetches it."""
        monkeypatch.setattr(wires, "fetch_file", real)
        assert fetch(session, later=fetching.LEASE) == 1
        return real(*given, **more)

    monkeypatch.setattr(wires, "fetch_file", fetch_slowly)
    fetch(session)
    assert len(twilio.seen) == 2
    assert len(session.scalars(select(TicketAttachment)).all()) == 1
    assert rows(session)[0][0] is AwaitedState.KEPT


def test_what_is_not_there_yet_comes_later_and_later_until_it_does(
    session: Session, twilio: MediaDouble
) -> None:
    text(twilio.put("D1", Answer(status=404), Answer(status=503), Answer(content=PNG)))
    assert fetch(session) == 1
    assert rows(session) == [(AwaitedState.WAITING, "not_there", 1)]
    waits = session.scalars(select(AwaitedFile.next_attempt_at)).one() - clock.machine_now()
    assert timedelta(seconds=5) < waits <= timedelta(seconds=fetching.WAIT_SECONDS[0])
    fetch(session, later=timedelta(minutes=1))
    waits = session.scalars(select(AwaitedFile.next_attempt_at)).one() - clock.machine_now()
    assert waits > timedelta(seconds=30)
    fetch(session, later=timedelta(hours=1))
    assert (rows(session)[0][0], shown(session)) == (AwaitedState.KEPT, ["kept"])


def test_what_never_comes_is_given_up_with_its_reason(session: Session, twilio: MediaDouble) -> None:
    text(twilio.put("E1", Answer(status=500)))
    for _ in range(len(fetching.WAIT_SECONDS) + 3):
        fetch(session, later=timedelta(days=1))
    assert rows(session) == [(AwaitedState.FAILED, "server", len(fetching.WAIT_SECONDS) + 1)]
    assert shown(session) == ["server"]
    assert not fetching.has_due()


def test_a_file_that_ends_its_worker_each_time_is_given_up(
    session: Session, twilio: MediaDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    text(twilio.put("F1", Answer(content=PNG)))
    real = wires.fetch_file

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(wires, "fetch_file", die)
    for _ in range(len(fetching.WAIT_SECONDS) + 1):
        with pytest.raises(KeyboardInterrupt):
            fetch(session, later=timedelta(days=1))
    monkeypatch.setattr(wires, "fetch_file", real)
    fetch(session, later=timedelta(days=1))
    assert rows(session)[0][:2] == (AwaitedState.FAILED, fetching.LOST)


@pytest.mark.parametrize(
    ("url", "answer", "reason", "words"),
    [
        ("http://169.254.169.254/latest", None, "forbidden_host", "leads away from the provider"),
        ("https://evil.example/x.png", None, "forbidden_host", "leads away from the provider"),
        ("", Answer(status=410), "gone", "the provider has deleted it"),
    ],
)
def test_a_file_that_cannot_be_fetched_is_shown_with_the_reason_and_asked_for_again(
    session: Session, twilio: MediaDouble, client: FlaskClient, lyon: Store, url: str, answer: Any, reason: str,
    words: str,
) -> None:  # fmt: skip
    text(url or twilio.put("G1", answer, Answer(content=PNG)))
    ticket = session.scalars(select(Ticket)).one()
    log_in(client, make_agent(session, role=Role.HEAD_OFFICE))
    page = f"/inbox/{ticket.number}?lang=en"
    assert "1 file is being fetched." in client.get(page).text
    fetch(session)
    assert rows(session) == [(AwaitedState.FAILED, reason, 1)]
    found = client.get(page).text
    assert "A picture or file could not be fetched" in found
    assert words in found
    message_id = session.scalars(select(TicketMessage.id)).one()
    again = f"/inbox/{ticket.number}/fetch/{message_id}"
    assert f'action="{again}"' in found
    assert client.post(again).status_code == 303
    assert "1 file is being fetched." in client.get(page).text
    fetch(session)
    is_there = reason == "gone"
    assert ("image-1.png" in client.get(page).text) is is_there
    assert rows(session)[0][0] is (AwaitedState.KEPT if is_there else AwaitedState.FAILED)


def test_nothing_to_fetch_again_and_a_strangers_ticket(
    session: Session, twilio: MediaDouble, client: FlaskClient
) -> None:
    text(twilio.put("H1", Answer(content=PNG)))
    message = session.scalars(select(TicketMessage)).one()
    with pytest.raises(Conflict):
        fetching.fetch_again(message.id, machine_now=clock.machine_now())
    ticket = session.scalars(select(Ticket)).one()
    log_in(client, make_agent(session, role=Role.AGENT, store_ids=()))
    assert client.post(f"/inbox/{ticket.number}/fetch/{message.id}").status_code in {403, 404}


def test_without_an_account_it_waits_and_says_why(session: Session, twilio: MediaDouble) -> None:
    text(twilio.put("I1", Answer(content=PNG)))
    wires.use_transports(ChannelSettings())
    fetch(session)
    assert rows(session) == [(AwaitedState.WAITING, fetching.NO_ACCOUNT, 1)]


def test_more_files_than_twilio_sends_are_not_asked_for(session: Session, twilio: MediaDouble) -> None:
    text(*(twilio.put(f"J{number}", Answer(content=PNG)) for number in range(fetching.MOST_FILES + 5)))
    assert len(rows(session)) == fetching.MOST_FILES
