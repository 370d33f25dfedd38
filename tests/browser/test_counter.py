"""A contact at the counter, noted on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.acting import PHONE, enter, follow, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
WORDS = "Cherche un abat-jour de rechange pour la lampe Aurore."


def test_contact_at_the_counter(installation: Installation, open_page: OpenPage) -> None:
    """The agent finds the customer by name, writes what was said, and the ticket stands in the list."""
    page = enter(open_page(viewport=PHONE, has_touch=True, is_mobile=True), installation, "agent")
    follow(page, "Note a contact")
    page.get_by_label(say("Known customer? Name, mail, phone or loyalty card")).fill("Haddad")
    press(page, "Search")
    page.get_by_role("link", name="Fatima Haddad").click()
    page.locator("textarea[name=text]").fill(WORDS)
    take_pictures(page, "counter")
    press(page, "Note the contact")
    expect(page.get_by_text(WORDS).first).to_be_visible()
    take_pictures(page, "counter-noted")
    smallest = page.evaluate(
        """() => [...document.querySelectorAll('main button, main a.btn, nav a, select')]
        .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 24)
        .filter(one => !one.matches('.visually-hidden[tabindex="-1"][aria-hidden="true"]'))  // for Enter
        .map(one => one.outerHTML)"""
    )
    assert smallest == []
