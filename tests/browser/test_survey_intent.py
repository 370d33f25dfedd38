"""A survey page that is closed early: a person's gesture is told, a script's is not, the button tells nothing more."""

import pytest
from playwright.sync_api import Page, Request

from tests.browser.acting import THANKS_TO_A_PERSON_MS, press, say
from tests.browser.conftest import OpenPage
from tests.flows.test_main_job import Caller, soon
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
SEEN_MS = 3_300


@pytest.fixture
def caller(installation: Installation) -> Caller:
    return Caller(installation)


def open_box(open_page: OpenPage, link: str) -> tuple[Page, list[str]]:
    """The page behind a box, and what its script tells."""
    page, told = open_page(), []

    def hear(request: Request) -> None:
        if request.url.endswith("/intent"):
            told.append(request.post_data or "")

    page.on("request", hear)
    page.goto(link)
    return page, told


def asked_link(caller: Caller, name: str, box: str) -> tuple[str, str]:
    who = caller.deliver(name)
    caller.move_clock("7d")
    caller.move_clock("1h")
    return who, next(link for link in caller.survey_links(who) if link.endswith(f"/{box}"))


def test_closing_the_page_after_a_gesture_becomes_a_ticket_not_confirmed(
    open_page: OpenPage, caller: Caller
) -> None:
    who, link = asked_link(caller, "geste", "1")
    page, told = open_box(open_page, link)
    page.wait_for_timeout(SEEN_MS)
    page.mouse.click(20, 300)
    mails = len(caller.mails(who))
    page.goto("about:blank")
    soon(lambda: told, "The intent")
    assert "choice=1" in told[0]
    assert caller.tickets(who) == [], "it waits"
    caller.move_clock("16m")
    ticket = soon(lambda: caller.tickets(who), "The ticket")[0]
    assert ticket["score"] == 1
    assert len(caller.mails(who)) == mails, "no mail to the customer"


@pytest.mark.parametrize("kind", ["no gesture", "a script's gesture", "too soon", "the button"])
def test_what_is_not_told(open_page: OpenPage, caller: Caller, kind: str) -> None:
    _who, link = asked_link(caller, f"muet{len(kind)}", "3")
    page, told = open_box(open_page, link)
    if kind == "too soon":
        page.mouse.click(20, 300)
    else:
        page.wait_for_timeout(SEEN_MS)
    if kind == "a script's gesture":
        page.evaluate("document.body.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}))")
        page.evaluate("document.body.click()")
    if kind == "the button":
        page.wait_for_timeout(THANKS_TO_A_PERSON_MS)
        press(page, "Confirm: %(words)s", words=say("Very satisfied"))
        page.wait_for_url("**/thanks")
    page.goto("about:blank")
    page.wait_for_timeout(300)
    assert told == []
