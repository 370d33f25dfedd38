"""The demo's clock, mailbox and story: small pieces; the whole is opened by the browser tests."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hub.core import clock
from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.words import Language
from hub.customers.models import Customer
from hub.demo import mailbox, moving
from hub.demo.fill import PARIS, _next_tuesday, describe, fill
from hub.demo.models import METADATA
from hub.knowledge.contents import list_first
from hub.knowledge.queries import get_article
from hub.knowledge.replies import list_standard_replies
from hub.knowledge.uses import count_uses
from hub.loyalty.vouchers import get_vouchers
from hub.plans.queries import list_plans
from hub.questionnaires.drafts.queries import list_questionnaires
from hub.questionnaires.results.comments import Sought, list_comments
from hub.questionnaires.results.queries import get_head, get_results, list_places
from hub.questionnaires.results.recounting import recount
from hub.questionnaires.results.rows import Asked
from hub.reviews import lists
from hub.reviews.models import Review
from hub.reviews.words import ReviewState
from hub.staff.queries import find_viewer
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from hub.statistics.after_answer import get_after_answer
from hub.statistics.alerts.actions import Wish, save_rule
from hub.statistics.models import AlertRule
from hub.statistics.queries import read_filters
from hub.statistics.words import Told, Watched
from tests.conftest import HandClock
from tests.makers.counting import counted_statements
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain

SMALL = 700
MAIL = b"""From: Lyon <lyon@hub.example>\r\nTo: dora@client.example\r\nSubject: Bonjour\r\nMessage-ID: <1@hub.example>\r
MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<a href="https://x.example/a?b=1&amp;c=2">Oui</a>"""


@pytest.mark.parametrize("hour", range(0, 168, 13))
def test_the_clock_starts_on_a_tuesday_at_ten_not_before_today(hour: int) -> None:
    moment = datetime(2026, 11, 16, tzinfo=UTC) + timedelta(hours=hour)
    start = _next_tuesday(moment)
    assert (start.weekday(), start.astimezone(PARIS).hour) == (1, 10)
    assert timedelta(0) <= start - moment < timedelta(days=7, hours=1)


@pytest.mark.parametrize("words", ["", "7", "d", "1w", "-1d", "999d", "7 d"])
def test_a_duration_is_said_in_words_the_clock_knows(words: str) -> None:
    with pytest.raises(Invalid):
        moving.read_duration(words)
    assert moving.read_duration("7d") == timedelta(days=7)


def test_the_whole_demo_is_filled_once(session: Session) -> None:
    """In small: whatever a table asks for by now, the demo writes."""
    assert fill(SMALL)
    assert {login["role"] for login in describe()["logins"]} == {role.value for role in Role} - {
        Role.DELIVERY
    }
    assert session.scalar(select(func.count()).select_from(Customer)) >= SMALL
    inside = {plan.key: plan.inside_count for plan in list_plans() if plan.is_on}
    assert inside.keys() >= {"order_messages", "cross_sell", "replenishment", "renewal", "churn_rescue"}
    assert inside["cross_sell"]
    assert lists.count_waiting()
    _shows_a_national_questionnaire()
    _shows_what_followed_the_answers()
    _shows_a_base_at_work()
    assert session.scalar(select(func.count()).where(Review.state == ReviewState.PUBLISHED))
    assert not fill(SMALL)


def _shows_a_national_questionnaire() -> None:
    """Counted by the rules, asked of a part of the customers, beside last year's; a nameless one hides small stores."""
    found = {row.name.partition(" 20")[0]: row.id for row in reversed(list_questionnaires().rows)}
    now, places = clock.business_now(), list_places()
    head = get_head(found["Enquête nationale"])
    results = get_results(head, Asked(), places=places, now=now)
    assert len(results.questions) == 20
    assert (len(results.versions), bool(results.earlier_name), bool(results.weighted)) == (2, True, True)
    assert results.complete > 50
    assert results.way is not None
    assert [cohort.is_open for cohort in results.way.cohorts] == [False, True]
    assert list_comments(head, Sought()).rows
    nameless = get_results(
        get_head(found["Pourquoi vous venez moins"]), Asked(is_strict=True), places=places, now=now
    )
    assert all(row.is_hidden for row in nameless.stores)
    checked = recount(is_check=True)
    assert (checked.wrong, checked.response_count > results.complete) == ((), True)


def _shows_a_base_at_work() -> None:
    now = clock.business_now()
    replies = list_standard_replies()
    (giving,) = [row for row in replies if row.acts.pool_id]
    assert get_vouchers([giving.acts.pool_id or 0], now=now)[giving.acts.pool_id or 0].is_giving
    figures = [count_uses(reply_id=row.id, since=now - timedelta(days=365)) for row in replies]
    assert (
        sum(row.used for row in figures)
        > sum(row.solved for row in figures)
        > sum(row.edited for row in figures)
        > 0
    )
    assert sum(row.used_count for row in replies) == sum(row.used for row in figures)
    articles = [get_article(row.key) for row in list_first(Language.FRENCH, most=100)]
    assert [row.scope.review_on < now.date() for row in articles if row.scope.review_on].count(True) == 1
    assert all(row.scope.owner_id for row in articles)
    assert {bool(row.scope.store_ids) for row in articles} == {True, False}
    assert any(row.scope.skus for row in articles)


def _shows_what_followed_the_answers() -> None:
    now = clock.business_now()
    viewer = Viewer(1, "Ines", "i@verel.example", Role.MANAGER, Language.FRENCH, Scope(is_everything=True), 0)
    found = get_after_answer(read_filters({}, now=now), viewer=viewer, now=now)
    assert found.contact_seconds
    assert all(link.sent_count > link.answered_count / 2 for link in found.links if link.answered_count)


def test_a_mail_is_kept_and_shown_as_json(client: FlaskClient, session: Session) -> None:
    METADATA.create_all(session.connection())
    make_chain(session)
    session.commit()
    mailbox.keep(MAIL, ["Dora@client.example"], "lyon@hub.example")
    [found] = client.get("/demo/messages?to=dora@client.example").get_json()
    assert (found["subject"], found["links"]) == ("Bonjour", ["https://x.example/a?b=1&c=2"])
    assert found["headers"]
    assert client.get("/demo/messages?to=nobody@client.example").get_json() == []


def test_the_mail_is_shown_in_a_sandbox(client: FlaskClient, session: Session) -> None:
    METADATA.create_all(session.connection())
    make_chain(session)
    session.commit()
    mailbox.keep(MAIL, ["dora@client.example"], "lyon@hub.example")
    mail_id = mailbox.list_mails()[0].id
    assert "sandbox" in client.get(f"/demo/mailbox/{mail_id}/html").headers["Content-Security-Policy"]
    assert client.get(f"/demo/mailbox/{mail_id}").status_code == 200


def test_the_clock_moves_by_http(client: FlaskClient, session: Session, hand_clock: HandClock) -> None:
    make_chain(session)
    session.commit()
    before = client.get("/demo/clock").get_json()["now"]
    assert before == hand_clock.now.isoformat()
    assert client.post("/demo/clock", json={"advance": "soon"}).status_code == 422


@pytest.fixture
def moving_clock() -> Iterator[None]:
    """Real time, which the demo moves."""
    clock.use(movable=True)
    yield
    clock.use(movable=False)


@pytest.mark.usefixtures("moving_clock")
def test_the_clock_stops_for_alert_rules_only_after_other_work(session: Session) -> None:
    """Six days have 576 quarters of an hour; a look at all kinds of work is some sixty statements."""
    make_chain(session)
    boss = make_agent(session, role=Role.HEAD_OFFICE)
    wish = Wish(Watched.BACKLOG, 20, None, (), is_each_store=True, tells=[Told.AUTHOR])
    viewer = find_viewer(boss.id)
    assert viewer is not None
    save_rule(None, wish, viewer=viewer, now=clock.business_now())
    session.commit()
    begun = clock.business_now()
    with counted_statements() as seen:
        now = moving.advance(timedelta(days=6))
    assert now - begun >= timedelta(days=6)
    assert len(seen) < 12_000
    (looked_at,) = session.scalars(select(AlertRule.checked_at))
    assert looked_at is not None
    assert now - looked_at < timedelta(minutes=1), "at the end in any case"


def test_a_page_says_how_far_the_clock_is_and_leads_back(client: FlaskClient, session: Session) -> None:
    """Whoever holds the lock of the clock moves it; nothing else is begun meanwhile."""
    make_chain(session)
    session.commit()
    now = clock.business_now()
    way = {
        "since": (now - timedelta(hours=1)).isoformat(),
        "until": (now + timedelta(hours=3)).isoformat(),
        "back": "/help/",
    }
    with db.engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:key)"), {"key": moving.LOCK})
        page = client.get("/demo/clock/way", query_string=way)
        assert (page.status_code, page.headers["Refresh"]) == (200, "2")
        assert 'value="25"' in page.text
        assert 'href="/help/"' in page.text
        answer = client.post("/demo/clock", data={"advance": "7d", "back": "/help/"})
        assert (answer.status_code, answer.location) == (303, "/demo/clock/way?back=/help/")
        assert client.post("/demo/clock", json={"advance": "1d"}).status_code == 409
        other.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": moving.LOCK})
    for until, said in (
        (way["until"], "arrêtée en chemin"),
        (now.isoformat(), "a avancé"),
        ("soon", "a avancé"),
    ):
        answer = client.get("/demo/clock/way", query_string=way | {"until": until})
        assert (answer.status_code, answer.location) == (303, "/help/")
        with client.session_transaction() as kept:
            assert said in str(kept.pop("_flashes")), until
    assert client.get("/demo/clock/way?back=//evil.example").location == "/demo/mailbox"
