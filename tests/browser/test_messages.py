"""The marketer's pages without a mouse: filters of the pressure page, the list of what was not sent, the sender's records."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import enter, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_keyboard import tab_to
from tests.running.installation import Installation

pytestmark = pytest.mark.browser


@pytest.fixture
def page(installation: Installation, open_page: OpenPage) -> Page:
    return enter(open_page(), installation, "administrator")


def test_the_pressure_page_is_filtered_by_keyboard(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.base_url}/messages/")
    tab_to(page, say("All purposes"))
    page.keyboard.press("End")
    tab_to(page, say("Show"))
    page.keyboard.press("Enter")
    page.wait_for_url("**purpose=newsletter*")
    expect(page.get_by_text(say("No message left in this period"))).to_be_visible()
    page.goto(f"{installation.base_url}/messages/")
    tab_to(page, say("How it is counted"))
    page.keyboard.press("Enter")
    expect(page.locator("details.define[open]")).to_have_count(1)
    take_pictures(page, "pressure")


def test_what_was_not_sent_is_reached_by_keyboard(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.base_url}/messages/")
    tab_to(page, say("Not sent"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/messages/not-sent*")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Not sent"))
    take_pictures(page, "not_sent")


def test_each_record_is_reached_by_keyboard(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.base_url}/messages/sender")
    for name in ("SPF", "DMARC", say("Return path")):
        tab_to(page, say("Copy the record %(name)s", name=name))
    take_pictures(page, "sender")


def test_caps_are_changed_by_keyboard(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.base_url}/messages/caps")
    tab_to(page, say("in days"))
    page.keyboard.type("9")
    tab_to(page, say("Save"))
    page.keyboard.press("Enter")
    words = say("Saved. What waits is judged by the new rules when it is looked at next.")
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.locator("#days_email_promotion")).to_have_value("9")
