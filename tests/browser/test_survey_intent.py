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


def open_boxes(open_page: OpenPage, caller: Caller, names: tuple[str, ...]) -> dict[str, Page]:
    """The page behind the third box of each customer, an hour after the mails; the clock moves once for all."""
    people = {name: caller.deliver(name) for name in names}
    caller.move_clock("7d")
    caller.move_clock("1h")
    pages = {}
    for name, who in people.items():
        pages[name] = open_page()
        pages[name].goto(next(link for link in caller.survey_links(who) if link.endswith(f"/{UNHAPPY}")))
    return pages


def address_of(name: str) -> str:
    return f"{name}@client.example"


def leave(*pages: Page) -> None:
    for page in pages:
        page.goto("about:blank")
    pages[-1].wait_for_timeout(1_000)


def test_closing_the_page_after_a_gesture_becomes_a_ticket_not_confirmed_and_what_is_no_gesture_nothing(
    open_page: OpenPage, caller: Caller
) -> None:
    """No gesture, that of a script, and one too soon are no answer."""
    pages = open_boxes(open_page, caller, ("geste", "immobile", "script", "presse"))
    pages["presse"].mouse.click(20, 300)
    pages["presse"].goto("about:blank")
    pages["script"].wait_for_timeout(SEEN_MS)
    pages["script"].evaluate("document.body.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}))")
    pages["script"].evaluate("document.querySelector('textarea').click()")
    pages["geste"].mouse.click(20, 300)
    mails = len(caller.mails(address_of("geste")))
    leave(*pages.values())
    assert caller.tickets(address_of("geste")) == [], "it waits"
    caller.move_clock("16m")
    ticket = soon(lambda: caller.tickets(address_of("geste")), "The ticket")[0]
    assert ticket["score"] == 1
    assert len(caller.mails(address_of("geste"))) == mails, "no mail to the customer"
    assert {name: caller.tickets(address_of(name)) for name in pages if name != "geste"} == {
        "immobile": [], "script": [], "presse": []
    }  # fmt: skip
