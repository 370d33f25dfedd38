"""The main job by HTTP and SMTP alone: from a delivered order to the wait in the statistics (issue 2, points 2 and 3)."""

import itertools
import re
import smtplib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from email.message import EmailMessage
from html import unescape
from http.client import HTTPConnection
from json import dumps, loads
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest

from hub.stores.rules import is_public_holiday
from tests.running.installation import Installation

T = TypeVar("T")
NOT_SATISFIED = "1"
REASSURED = "Votre réponse a été transmise au magasin"
PARIS = ZoneInfo("Europe/Paris")
NOON = time_of_day(12, 10)  # the store closes from 12:30 to 14:00,
LUNCH = timedelta(hours=1, minutes=30)
AWAY = timedelta(hours=2)  # so two hours later its customer has waited thirty minutes
PATIENCE_SECONDS = 30  # a loaded machine; what the issue asks in seconds is asserted apart
TICKET_SECONDS = 5


class Caller:
    """Speaks HTTP as a shop, a customer's browser or a colleague's script would: nothing of ours is imported."""

    def __init__(self, installation: Installation) -> None:
        self.at = installation
        self.place = urlsplit(installation.base_url)

    def call(
        self,
        method: str,
        url: str,
        *,
        body: dict[str, Any] | None = None,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        assert not url.startswith("http") or url.startswith(self.at.base_url), url
        kind = "application/json" if body is not None else "application/x-www-form-urlencoded"
        data = dumps(body) if body is not None else urlencode(form) if form else None
        connection = HTTPConnection(str(self.place.hostname), self.place.port, timeout=300)
        connection.request(
            method,
            url.removeprefix(self.at.base_url),
            data,
            {**({"Content-Type": kind} if data else {}), **(headers or {})},
        )
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def api(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, api_key: str = ""
    ) -> tuple[int, Any]:
        key = {"Authorization": f"Bearer {api_key or self.at.api_key}"}
        status, text = self.call(method, f"/api/v1{path}", body=body, headers=key)
        return status, loads(text)

    def move_clock(self, words: str) -> datetime:
        status, text = self.call("POST", "/demo/clock", body={"advance": words})
        assert status == 200, text
        return datetime.fromisoformat(loads(text)["now"])

    def move_to(self, day_time: time_of_day) -> None:
        """The next Tuesday on which stores open, at this time in Paris."""
        now = self.move_clock("1m").astimezone(PARIS)
        day = now.date() + timedelta(days=(1 - now.weekday()) % 7 or 7)
        while is_public_holiday("FR", day):  # the clock of a whole run reaches 14 July
            day += timedelta(days=7)
        left = datetime.combine(day, day_time, PARIS).astimezone(UTC) - now.astimezone(UTC)
        self.move_clock(f"{round(left.total_seconds() / 60)}m")

    def mails(self, to: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = loads(self.call("GET", f"/demo/messages?to={to}")[1])
        return found

    def tickets(self, customer: str) -> list[dict[str, Any]]:
        status, found = self.api("GET", f"/tickets?customer={customer}")
        assert status == 200, found
        return list(found["tickets"])

    def deliver(self, name: str, *, store: str = "LYO") -> str:
        """An order of a new customer is delivered now; returns the address."""
        now = self.move_clock("1m")
        who = f"{name}@client.example"
        order = {
            "external_id": f"W-{name}",
            "store": store,
            "customer": {"email": who, "title": "M", "first_name": name, "last_name": "DURAND"},
            "placed_at": (now - timedelta(days=2)).isoformat(),
            "delivered_at": now.isoformat(),
            "updated_at": now.isoformat(),
            "state": "delivered",
            "total_cents": 5000,
            "currency": "EUR",
            "lines": [{"sku": "A", "name": "Lampe", "quantity": 1, "unit_price_cents": 5000}],
        }
        status, answer = self.api("POST", "/orders", order)
        assert status in {200, 201}, answer
        return who

    def survey_links(self, who: str) -> list[str]:
        """The three boxes in the survey mail, each once."""
        surveys = [mail for mail in self.mails(who) if any("/a/" in link for link in mail["links"])]
        assert len(surveys) == 1, [mail["subject"] for mail in self.mails(who)]
        boxes = [link for link in surveys[0]["links"] if re.search(r"/a/[^/]+/[1-3]$", link)]
        assert len(boxes) == 3, boxes
        return boxes

    def confirm(self, link: str, choice: str, comment: str = "") -> None:
        """Open the page and press its button, no faster than a person."""
        status, page = self.call("GET", link)
        assert status == 200
        nonce = re.search(r'name="nonce" value="([^"]+)"', page)
        assert nonce
        time.sleep(1.1)
        form = {"nonce": unescape(nonce[1]), "choice": choice, "comment": comment}
        status, page = self.call("POST", link, form=form)
        assert status == 303, page

    def write(self, who: str, answered: dict[str, Any], text: str) -> None:
        """The customer answers a mail, in a real SMTP conversation with the listener."""
        mail = EmailMessage()
        mail["From"] = who
        mail["To"] = answered["reply_to"] or answered["from"]
        mail["Subject"] = f"Re: {answered['subject']}"
        mail["Message-ID"] = f"<{answered['id']}.answer@client.example>"
        mail["In-Reply-To"] = answered["message_id"]
        mail.set_content(
            f"{text}\n\nLe 3 mars 2026 à 10:00, Maison Verel a écrit :\n> {answered['text'][:40]}"
        )
        with smtplib.SMTP("127.0.0.1", self.at.smtp_port, timeout=30) as server:
            server.send_message(mail)


@pytest.fixture
def caller(installation: Installation) -> Caller:
    return Caller(installation)


def soon(look: Callable[[], T | None], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """The first thing that `look` finds; fails clearly when nothing is found in time."""
    stop_at = time.monotonic() + seconds
    while time.monotonic() < stop_at:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"{what} did not happen within {seconds:.0f} seconds.")


def total_of(caller: Caller) -> dict[str, Any]:
    path = "/statistics/response-times?channel=survey"
    status, found = caller.api("GET", path, api_key=caller.at.figures_key)
    assert status == 200, found
    total: dict[str, Any] = found["total"]
    return total


def total_after(caller: Caller, before: dict[str, Any]) -> dict[str, Any] | None:
    """Once the worker has gathered the day of the reply."""
    found = total_of(caller)
    return found if found["count"] > before["count"] else None


@pytest.mark.parametrize("order", [0, 3], ids=["from the left", "from the middle"])
def test_looking_is_not_answering(caller: Caller, order: int) -> None:
    """A mail scanner opens every link, in any order: no answer, no ticket."""
    who = caller.deliver(f"scanned{order}")
    caller.move_clock("7d")
    boxes = caller.survey_links(who)
    for link in list(itertools.permutations(boxes))[order]:
        assert caller.call("GET", link)[0] == 200
        assert caller.call("HEAD", link)[0] == 200
    caller.move_clock("1h")
    assert caller.tickets(who) == []
    assert caller.call("GET", re.sub(r"/[1-3]$", "/thanks", boxes[0]))[0] == 404


def test_an_unhappy_answer_becomes_a_conversation(caller: Caller) -> None:
    who = caller.deliver("paul")
    caller.at.redis.flushdb()
    caller.move_clock("7d")
    bad = next(link for link in caller.survey_links(who) if link.endswith(f"/{NOT_SATISFIED}"))
    caller.move_to(NOON)
    caller.confirm(bad, NOT_SATISFIED, "Lampe arrivée cassée")
    started = time.monotonic()
    ticket = soon(lambda: caller.tickets(who), "The ticket")[0]
    assert time.monotonic() - started < TICKET_SECONDS
    thread = thread_of(caller, ticket["number"])
    found = {name: ticket[name] for name in ("store", "order", "score", "channel")}
    assert found == {"store": "LYO", "order": "W-paul", "score": 1, "channel": "survey"}
    assert ticket["requester"] == {"name": "Paul Durand", "address": who}
    assert "Lampe arrivée cassée" in thread["messages"][0]["text"]

    before = total_of(caller)
    caller.at.redis.flushdb()
    caller.move_clock("2h")
    number = ticket["number"]
    status, answer = caller.api("POST", f"/tickets/{number}/replies", {"text": "Une neuve part ce jour."})
    assert status in {200, 201}, answer
    reply = soon(lambda: find_mail(caller, who, "neuve"), "The reply in the mailbox")
    check_wait(before, soon(lambda: total_after(caller, before), "The wait in the figures"))

    caller.at.redis.flushdb()
    caller.write(who, reply, "Merci beaucoup")
    soon(lambda: "Merci beaucoup" in str(thread_of(caller, number)["messages"]), "The answer in the ticket")
    thread = thread_of(caller, number)
    assert [line["kind"] for line in thread["messages"]].count("customer") >= 2
    assert len(caller.tickets(who)) == 1


def test_both_answers_carry_the_same_review_link(caller: Caller) -> None:
    happy, unhappy = caller.deliver("heureuse"), caller.deliver("decue")
    caller.move_clock("7d")
    for who, choice in ((happy, "3"), (unhappy, NOT_SATISFIED)):
        caller.confirm(next(link for link in caller.survey_links(who) if link.endswith(f"/{choice}")), choice)
    assert newest_with_review(caller, happy) is None
    assert soon(lambda: REASSURED in subjects_of(caller, unhappy), "The reassuring mail")
    assert REASSURED not in subjects_of(caller, happy)
    caller.move_clock("1d")
    first, second = (
        soon(lambda who=who: newest_with_review(caller, who), f"The mail to {who}")
        for who in (happy, unhappy)
    )
    assert review_links(first) == review_links(second) != []


def thread_of(caller: Caller, number: str) -> dict[str, Any]:
    status, found = caller.api("GET", f"/tickets/{number}")
    assert status == 200, found
    ticket: dict[str, Any] = found["ticket"]
    return ticket


def find_mail(caller: Caller, who: str, word: str) -> dict[str, Any] | None:
    return next((mail for mail in caller.mails(who) if word in mail["text"]), None)


def subjects_of(caller: Caller, who: str) -> list[str]:
    return [mail["subject"] for mail in caller.mails(who)]


def review_links(mail: dict[str, Any]) -> list[str]:
    return [link for link in mail["links"] if "/avis" in link]


def newest_with_review(caller: Caller, who: str) -> dict[str, Any] | None:
    return next((mail for mail in reversed(caller.mails(who)) if review_links(mail)), None)


def check_wait(before: dict[str, Any], after: dict[str, Any]) -> None:
    """One wait more, of thirty opening minutes and the seconds that the test itself took."""
    seconds = after["mean_seconds"] * after["count"] - (before["mean_seconds"] or 0) * before["count"]
    assert after["count"] == before["count"] + 1
    right = (AWAY - LUNCH).total_seconds()
    assert right <= round(seconds) <= right + PATIENCE_SECONDS
