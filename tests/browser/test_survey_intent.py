"""A survey page that is closed early: a person's gesture becomes a ticket not confirmed, a script's becomes nothing."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.flows.test_main_job import Caller, soon
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
SEEN_MS = 3_300
UNHAPPY = "1"


@pytest.fixture
def caller(installation: Installation) -> Caller:
    return Caller(installation)


def open_box(open_page: OpenPage, caller: Caller, name: str) -> tuple[Page, str]:
    """The page behind the third box, an hour after the mail."""
    who = caller.deliver(name)
    caller.move_clock("7d")
    caller.move_clock("1h")
    page = open_page()
    page.goto(next(link for link in caller.survey_links(who) if link.endswith(f"/{UNHAPPY}")))
    return page, who


def leave(page: Page) -> None:
    page.goto("about:blank")
    page.wait_for_timeout(1_000)


def test_closing_the_page_after_a_gesture_becomes_a_ticket_not_confirmed(
    open_page: OpenPage, caller: Caller
) -> None:
    page, who = open_box(open_page, caller, "geste")
    page.wait_for_timeout(SEEN_MS)
    page.mouse.click(20, 300)
    mails = len(caller.mails(who))
    leave(page)
    assert caller.tickets(who) == [], "it waits"
    caller.move_clock("16m")
    ticket = soon(lambda: caller.tickets(who), "The ticket")[0]
    assert ticket["score"] == 1
    assert len(caller.mails(who)) == mails, "no mail to the customer"


@pytest.mark.parametrize("kind", ["no gesture", "a script's gesture", "too soon"])
def test_what_is_no_answer(open_page: OpenPage, caller: Caller, kind: str) -> None:
    page, who = open_box(open_page, caller, f"muet{len(kind)}")
    if kind == "too soon":
        page.mouse.click(20, 300)
    else:
        page.wait_for_timeout(SEEN_MS)
    if kind == "a script's gesture":
        page.evaluate("document.body.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}))")
        page.evaluate("document.querySelector('textarea').click()")
    leave(page)
    caller.move_clock("16m")
    assert caller.tickets(who) == []
