"""Mail scanners open everything: every link of every built-in mail, followed by GET and HEAD, changes nothing."""

import os
import random
import re
from collections import Counter
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from hub import models
from hub.content.actions import publish_builtin_templates
from hub.content.catalog import get_builtin, list_keys
from hub.content.words import VariableKind
from hub.core import clock
from hub.core.db import Base
from hub.core.words import Channel, Language, Purpose
from hub.customers import optin
from hub.customers.optin import Wish
from hub.customers.words import AddressKind
from hub.inbox.own_links import own_page_url
from hub.outbox import actions as outbox
from hub.outbox import sending
from hub.outbox.actions import Draft
from hub.outbox.models import OutboundMessage
from hub.outbox.words import MessageState, SendQueue
from hub.questionnaires.links import address_of
from hub.reviews.links import review_link
from hub.staff import links as staff_links
from hub.surveys.actions import add_builtin_survey
from hub.surveys.links import box_links
from hub.surveys.whys.links import why_link
from hub.surveys.words import Choice
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import make_received
from tests.makers.outbox import give_consent
from tests.makers.questionnaires import make_asked, make_questionnaire
from tests.makers.sink import Sink
from tests.makers.staff import make_agent
from tests.makers.surveys import Asked, make_invitation

assert models.ALL
NOTES = {"link_clicks", "message_openings", "opening_counts", "touches"}
"""What a look may leave behind: that somebody looked."""
HOUSE = "http://localhost"
DORA = "dora@client.example"
BOXES = {f"{choice.name.lower()}_url": choice for choice in Choice}
AGENTS = ("Mozilla/5.0 (Windows NT 10.0; rv:148.0) Gecko/20100101 Firefox/148.0", "", "python-requests/2.32")
BROKEN = 500
LEAST_LINKS = 40
A_KIND = 8
IS_LARGE = bool(os.environ.get("LARGE"))


@pytest.fixture
def asked(session: Session) -> Asked:
    found = make_invitation(session)
    publish_builtin_templates(now=TUESDAY)
    add_builtin_survey(now=TUESDAY)
    give_consent(DORA)
    give_consent(DORA, Purpose.OPEN_MEASUREMENT)
    return found


def real_values(session: Session, asked: Asked) -> dict[str, str]:
    """Links as the rooms make them, for the variables of every built-in mail."""
    ticket = make_received()
    assert ticket.ticket_id is not None
    agent = make_agent(session, "Zoé Link")
    machine_now = clock.machine_now()
    claim = staff_links.Claim(agent.id, agent.session_epoch or 0)
    invitation = staff_links.make(staff_links.INVITATION, claim, now=machine_now)
    reset = staff_links.make(staff_links.RESET, claim, now=machine_now)
    boxes = box_links(asked.invitation_id, HOUSE)
    return {
        **{name: boxes[choice] for name, choice in BOXES.items()},
        "contact_url": own_page_url(ticket.ticket_id, DORA),
        "confirm_url": f"{HOUSE}/confirm/{confirmation_of()}",
        "accept_url": f"{HOUSE}/session/invitation/{invitation}",
        "reset_url": f"{HOUSE}/session/password/{reset}",
        "ticket_url": f"{HOUSE}/inbox/{ticket.number}",
        "page_url": f"{HOUSE}/promo-codes",
        "product_review_url": review_link(asked.order_id, now=TUESDAY),
        "questionnaire_url": address_of(
            make_asked(session, make_questionnaire(session), customer_id=asked.customer_id)[1]
        ),
        "why_url": why_link(asked.customer_id, "plan:anti_churn", machine_now=machine_now),
    }


def post_all(session: Session, asked: Asked) -> list[int]:
    """Every built-in mail in both languages, to an address of its own where caps would hold it back."""
    real, drafts = real_values(session, asked), []
    for key in list_keys():
        for language in Language:
            mail = get_builtin(key, language)
            values = {**mail.examples(), **{n: v for n, v in real.items() if n in mail.examples()}}
            for spec in mail.variables:
                if spec.kind is VariableKind.ACT and spec.name not in real:
                    values.pop(spec.name)
            purpose = Purpose(mail.purpose)
            is_capped = purpose in {Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY}
            recipient = f"{key}.{language}@client.example" if is_capped else DORA
            give_consent(recipient)
            drafts.append(
                Draft(
                    key=f"walk:{key}:{language}",
                    template_key=key,
                    values=values,
                    purpose=purpose,
                    channel=Channel.EMAIL,
                    language=language,
                    recipient=recipient,
                    due_at=TUESDAY,
                )
            )
    return [each.message_id_row for each in outbox.post_many(drafts, now=TUESDAY)]


def links_of(sink: Sink) -> list[str]:
    """Every address of every part and header of what left: hrefs, pictures, bare addresses, List-Unsubscribe."""
    found: dict[str, None] = {}
    for taken in sink.taken:
        for kind in ("html", "plain"):
            part = taken.mail.get_body((kind,))
            words = part.get_content() if part else ""
            found |= dict.fromkeys(unescape(each) for each in re.findall(r"https?://[^\s\"'<>)]+", words))
        found |= dict.fromkeys(re.findall(r"<(https?://[^>]+)>", str(taken.mail["List-Unsubscribe"] or "")))
    return [each for each in found if each.startswith(HOUSE)]


LOOKED = "SELECT id FROM facts WHERE kind = 'MessageFiguresChanged'"
BUT = {"facts": f"WHERE id NOT IN ({LOOKED})", "fact_queue": f"WHERE fact_id NOT IN ({LOOKED})"}
"""These facts only say that somebody looked: statistics count the click anew, and no wire hears them."""


def state_of(session: Session) -> dict[str, str]:
    """A digest of every table but those that only say that somebody looked."""
    session.commit()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in NOTES:
            query = f"""
                SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), ''))
                FROM {table.name} t {BUT.get(table.name, "")}
            """
            found[table.name] = str(session.scalar(text(query)))
    return found


def look(client: FlaskClient, address: str, method: str, agent: str) -> int:
    """One request, redirects followed as far as they stay with us. Returns the first answer, never a broken one."""
    first = 0
    for _ in range(5):
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        answer = client.open(path, method=method, headers={"User-Agent": agent})
        first = first or answer.status_code
        assert answer.status_code < BROKEN, address
        if "Location" not in answer.headers:
            return first
        address = urljoin(f"{HOUSE}{path}", answer.headers["Location"])
        if not address.startswith(HOUSE):
            return first
    return first


def of_every_kind(order: list[str]) -> list[str]:
    """Of those of a kind (the first part of the path) eight, in this order: all of them by LARGE=1."""
    met: Counter[str] = Counter()
    chosen = []
    for address in order:
        kind = urlsplit(address).path.split("/")[1]
        met[kind] += 1
        if met[kind] <= A_KIND or IS_LARGE:
            chosen.append(address)
    return chosen


def test_looking_at_every_link_of_every_mail_in_any_order_changes_nothing(
    session: Session, client: FlaskClient, asked: Asked, sink: Sink, hand_clock: HandClock
) -> None:
    ids = post_all(session, asked)
    for queue in SendQueue:
        while sending.work_outbox(queue, lambda: None):
            pass
    session.expire_all()
    rows = [session.get_one(OutboundMessage, each) for each in ids]
    left_behind = [(row.key, row.state, row.reason) for row in rows if row.state is not MessageState.ACCEPTED]
    assert left_behind == []
    found = links_of(sink)
    ours = {urlsplit(each).path.split("/")[1] for each in found}
    assert {"a", "r", "u", "l", "o", "contact", "confirm", "session", "inbox", "why"} <= ours
    assert len(found) >= LEAST_LINKS
    hand_clock.move(minutes=10)
    before = state_of(session)
    shuffled = random.Random(20260303)
    for order in (found, found[::-1], shuffled.sample(found, len(found))):
        for address in order if order is found else of_every_kind(order):
            agent = shuffled.choice(AGENTS)
            answers = {look(client, address, method, agent) for method in ("HEAD", "GET")}
            assert answers <= {200, 302, 303, 308}, address
    after = state_of(session)
    assert {name for name in before if before[name] != after[name]} == set()


def test_the_walk_would_see_a_change(session: Session, client: FlaskClient, asked: Asked) -> None:
    """The digest is no constant: one POST of a link that acts is found."""
    from hub.outbox.addresses import unsubscribe_url

    address = unsubscribe_url(HOUSE, address=DORA, channel=Channel.EMAIL, purpose=Purpose.PROMOTION)
    before = state_of(session)
    assert client.post(address.removeprefix(HOUSE)).status_code < BROKEN
    after = state_of(session)
    assert "consent_entries" in {name for name in before if before[name] != after[name]}


def confirmation_of() -> str:
    """The token of an open double opt-in."""
    wish = Wish(AddressKind.MAIL, DORA, Channel.EMAIL, Purpose.NEWSLETTER, "", "Oui, les nouvelles")
    request = optin.ask_optin(
        address=DORA,
        language=Language.FRENCH,
        wishes=[wish],
        wording_version="1",
        collection_point="form",
        now=TUESDAY,
    )
    return optin.optin_token(request.id)
