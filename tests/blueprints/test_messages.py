"""The marketer's pages of what leaves: pressure, not sent, caps and hours, sender; and one message as it was seen."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.core.words import Channel, Purpose
from hub.customers.models import Customer
from hub.outbox import sender_setup
from hub.outbox.models import DeliveryAttempt, OutboundMessage
from hub.outbox.policy import KINDS, field_of, get_policy
from hub.outbox.quiet_hours import DayHours
from hub.outbox.rules import DEFAULT_CAPS, Cap
from hub.outbox.sender_setup import SenderSetup
from hub.outbox.words import AttemptOutcome, BlockReason, MessageState
from hub.staff.models import Agent
from hub.staff.words import Role
from hub.stores.models import Store
from tests.conftest import TUESDAY
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer, make_emil
from tests.makers.dns_server import dns_server
from tests.makers.outbox import post_draft
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

PAGES = ("/messages/", "/messages/not-sent", "/messages/caps", "/messages/sender")
MOST_STATEMENTS = 12
DAY = timedelta(days=1)


@pytest.fixture
def store(session: Session) -> Store:
    make_chain(session)
    return make_store(session)


@pytest.fixture
def dora(session: Session, store: Store) -> Customer:
    """Two offers reached her; one waits for the cap, one was blocked, one is of unknown outcome."""
    dora = make_customer(session)
    for number, state in enumerate(("accepted", "delivered", "waiting", "blocked", "unknown")):
        row = post_draft(session, f"m:{number}", purpose=Purpose.PROMOTION, customer_id=dora.id)
        row.state = MessageState(state)
        if state in {"accepted", "delivered"}:
            row.accepted_at = row.ended_at = row.counted_at = TUESDAY - DAY
        elif state == "waiting":
            row.reason, row.due_at = BlockReason.CAP, TUESDAY + DAY
        else:
            row.ended_at = TUESDAY - DAY
            row.reason = BlockReason.NO_CONSENT if state == "blocked" else None
    session.flush()
    return dora


@pytest.fixture
def max_the_marketer(client: FlaskClient, session: Session, store: Store) -> FlaskClient:
    return log_in(client, make_agent(session, "Max Roy", role=Role.MARKETER))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_empty_and_filled_in_both_languages(
    max_the_marketer: FlaskClient, session: Session, path: str, request: pytest.FixtureRequest
) -> None:
    assert max_the_marketer.get(path).status_code == 200
    request.getfixturevalue("dora")
    with counted_statements() as seen:
        page = max_the_marketer.get(f"{path}?lang=en")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    assert len(seen) <= MOST_STATEMENTS, seen


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [Role.AGENT, Role.STORE_MANAGER, Role.REGION_MANAGER, Role.HEAD_OFFICE])
def test_people_of_stores_may_not_enter(
    client: FlaskClient, session: Session, store: Store, role: Role, path: str
) -> None:
    store_ids = () if role is Role.REGION_MANAGER else (store.id,)
    log_in(client, make_agent(session, role=role, store_ids=store_ids))
    assert client.get(path).status_code == 403


def test_the_tabs_lead_to_their_pages(max_the_marketer: FlaskClient) -> None:
    for path in PAGES:
        page = max_the_marketer.get(path).text
        tabs = page[page.index('<nav class="tabs"') :].partition("</nav>")[0]
        found = re.findall(r'<a href="([^"]*)"( aria-current="page")?>', tabs)
        assert set(PAGES) <= {href for href, _ in found}
        assert [href for href, current in found if current] == [path]


def test_the_pressure_page_shows_the_figures_and_leads_to_the_lists(
    max_the_marketer: FlaskClient, dora: Customer
) -> None:
    text = max_the_marketer.get("/messages/?lang=en&weeks=1").text
    tiles = dict(
        re.findall(
            r'<h2 class="tile-label">(.*?)</h2>\s*(?:<a[^>]*>|<p class="tile-value">)\s*([\d.]+)', text
        )
    )
    assert tiles == {
        "Messages per customer and week": "2",
        "Messages": "2",
        "Customers reached": "1",
        "Waiting": "1",
        "Not sent": "2",
    }
    assert re.search(r'<th scope="row">2</th>\s*<td class="t-number">1</td>', text)  # the histogram's table
    assert f"/customers/{dora.id}/messages" in text
    assert "/messages/not-sent?reason=no_consent" in text
    assert "<svg" in text
    narrowed = max_the_marketer.get("/messages/?lang=en&purpose=survey&weeks=99").text
    assert "No message left in this period" in narrowed


def test_the_list_of_what_was_not_sent_is_filtered_by_reason(
    max_the_marketer: FlaskClient, dora: Customer
) -> None:
    def whys(query: str) -> list[str]:
        text = max_the_marketer.get(f"/messages/not-sent?lang=en&{query}").text
        return re.findall(r"<td>([^<]*\.)</td>", text)

    nobody, cap, no = (
        "Nobody knows whether it left.",
        "Enough messages were sent lately.",
        "The customer did not agree to this.",
    )
    assert whys("") == [nobody, no, cap]
    assert whys("reason=cap") == [cap]
    assert whys("reason=unknown") == [nobody]
    assert whys("reason=no_consent&channel=email&purpose=promotion") == [no]
    assert whys("reason=no_consent&channel=sms") == []
    assert len(whys("reason=none-such&channel=none-such")) == 3
    with counted_statements() as seen:
        french = max_the_marketer.get("/messages/not-sent?lang=fr").text
    assert len(seen) <= 6
    assert "Personne ne sait" in french
    assert max_the_marketer.get("/messages/not-sent?after=xxx").status_code in {400, 422}


def form_of(**changes: object) -> dict[str, object]:
    data: dict[str, object] = {"mail_opens": 7, "mail_closes": 21, "sms_opens": 8, "sms_closes": 20}
    for kind in KINDS:
        cap = DEFAULT_CAPS.get(kind)
        if cap:
            data |= {field_of("count", kind): cap.count, field_of("days", kind): cap.days}
    return {**data, **changes}


def test_caps_and_hours_are_kept_and_audited(
    max_the_marketer: FlaskClient, session: Session, store: Store
) -> None:
    changes = {"count_email_promotion": 1, "days_email_promotion": 14, "sms_closes": 22, "stores": store.id}
    answer = max_the_marketer.post("/messages/caps", data=form_of(**changes))
    assert (answer.status_code, answer.location) == (303, "/messages/caps")
    found = get_policy()
    assert found.caps[Channel.EMAIL, Purpose.PROMOTION] == Cap(1, 14)
    assert (found.sms_hours, found.blocked_store_ids) == (DayHours(8, 22), frozenset({store.id}))
    assert session.scalars(select(AuditEntry.action)).all() == ["chain.setting_changed"]
    page = max_the_marketer.get("/messages/caps?lang=en").text
    assert re.search(
        r'name="days_email_promotion"[^>]*value="14"|value="14"[^>]*name="days_email_promotion"', page
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sms_opens": 20, "sms_closes": 9}, "Please choose hours between 8:00 and 22:00"),
        ({"count_email_promotion": 500}, "Please give a number of messages between 0 and 100."),
        ({"count_email_promotion": "", "days_email_promotion": ""}, "This cap cannot be left out."),
        ({"days_sms_newsletter": 5}, "Please give a number of messages between 0 and 100."),
        ({"sms_closes": 23}, "Not a valid choice"),
    ],
)
def test_a_bad_rule_is_refused_beside_its_field(
    max_the_marketer: FlaskClient, store: Store, changes: dict[str, object], sentence: str
) -> None:
    answer = max_the_marketer.post("/messages/caps?lang=en", data=form_of(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert get_policy().sms_hours == DayHours(8, 20)


def test_a_manager_reads_the_rules_and_may_not_change_them(
    client: FlaskClient, session: Session, store: Store
) -> None:
    log_in(client, make_agent(session, role=Role.MANAGER))
    page = client.get("/messages/caps?lang=en")
    assert "<fieldset" in page.text
    assert "disabled" in page.text
    assert client.post("/messages/caps", data=form_of()).status_code == 403


def test_the_sender_page_shows_what_to_publish_and_what_dns_says(
    max_the_marketer: FlaskClient, store: Store
) -> None:
    before = sender_setup.current()
    page = max_the_marketer.get("/messages/sender?lang=en").text
    assert "Checks by DNS are switched off" in page
    assert "v=DMARC1; p=none; rua=mailto:bonjour@verel.example" in page
    zone = {("hub.example", "TXT"): ['"v=spf1 -all"'], ("hub.example", "MX"): ["10 hub.example."]}
    with dns_server(zone) as server:
        sender_setup.use(SenderSetup("smtp.mailgun.org", 587, "hub.example", None, server.settings))
        page = max_the_marketer.get("/messages/sender?lang=en").text
        assert "Not checked" in page
        assert server.asked == []
        page = max_the_marketer.get("/messages/sender?lang=en&check=1").text
    sender_setup.use(before)
    assert "v=spf1 include:mailgun.org ~all" in page
    for words in ("Found, but different", "v=spf1 -all", "Missing", "Found and right", "Not signed by us"):
        assert words in page
    assert "smtp.mailgun.org:587" in page


def post_reply(session: Session, customer: Customer, store: Store) -> OutboundMessage:
    return post_draft(
        session,
        "reply:1",
        purpose=Purpose.REPLY,
        customer_id=customer.id,
        store_id=store.id,
        values={"words": "Votre vase est prêt"},
    )


def test_a_message_is_shown_as_the_customer_saw_it(
    client: FlaskClient, session: Session, store: Store, dora: Customer
) -> None:
    log_in(client, make_agent(session, role=Role.ADMINISTRATOR))
    row = post_reply(session, dora, store)
    row.state, row.accepted_at = MessageState.ACCEPTED, TUESDAY
    session.add(
        DeliveryAttempt(
            message_id=row.id, outcome=AttemptOutcome.ACCEPTED, detail="250 OK", attempted_at=TUESDAY
        )
    )
    session.flush()
    with counted_statements() as seen:
        listed = client.get(f"/customers/{dora.id}/messages?lang=en")
    assert len(seen) <= MOST_STATEMENTS, seen
    assert f"/customers/{dora.id}/messages/{row.id}" in listed.text
    assert "Nobody knows whether it left." in listed.text
    page = client.get(f"/customers/{dora.id}/messages/{row.id}?lang=en").text
    for words in ("Votre vase est prêt", "As the customer saw it", "Taken by the provider", "250 OK"):
        assert words in page
    frame = client.get(f"/customers/{dora.id}/messages/{row.id}/html")
    assert "<p>Votre vase est prêt" in frame.text
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    waiting = session.scalars(
        select(OutboundMessage.id).where(OutboundMessage.reason == BlockReason.CAP)
    ).one()
    page = client.get(f"/customers/{dora.id}/messages/{waiting}?lang=en").text
    assert "As it would have left" in page, re.sub(r"<[^>]+>|\s+", " ", page)[-1500:]
    assert "It waits: E-mail is not set up. Enough messages were sent lately." in page, re.sub(
        r"<[^>]+>|\s+", " ", page
    )[-1200:]


def test_a_reply_is_read_by_its_store_only(
    client: FlaskClient, session: Session, store: Store, dora: Customer
) -> None:
    lille = make_store(session, "Lille", code="LIL", slug="lille", mailbox="lille")
    row = post_reply(session, dora, lille)
    path = f"/customers/{dora.id}/messages/{row.id}"
    ada = make_agent(session, store_ids=(store.id,))
    bo = make_agent(session, "Bo Lind", store_ids=(lille.id,))
    max_roy = make_agent(session, "Max Roy", role=Role.MARKETER)
    assert [status(client, agent, path) for agent in (ada, bo, max_roy)] == [404, 200, 404]
    assert [status(client, agent, f"{path}/html") for agent in (ada, bo, max_roy)] == [404, 200, 404]
    log_in(client, ada)
    assert path not in client.get(f"/customers/{dora.id}/messages").text
    other = make_emil(session)
    assert status(client, bo, f"/customers/{other.id}/messages/{row.id}") == 404


def status(client: FlaskClient, agent: Agent, path: str) -> int:
    return log_in(client, agent).get(path).status_code
