"""A manager's five questions, answered by clicking: which store is slowest, why on that day, what grows, what a plan earns, which tickets."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acting import DESK, enter, follow, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
COUNT = re.compile(r"\d[\d\s\u202f\u00a0]*")


def number(words: str) -> int:
    found = COUNT.search(words)
    assert found, words
    return int(re.sub(r"\D", "", found[0]))


def tickets_behind(page: Page, link: Locator, said: str) -> None:
    """A click on a figure opens as many rows as it says."""
    link.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert number(page.locator(".lead").inner_text()) == number(said)
    expect(page.locator("tbody tr").first).to_be_visible()


def test_five_questions_of_a_manager(installation: Installation, open_page: OpenPage) -> None:
    page = enter(open_page(viewport=DESK), installation, "manager")
    page.goto(f"{installation.base_url}/")
    follow(page, "Statistics")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Overview"))
    take_pictures(page, "statistics-overview")

    # Which store was slowest? The table by store, sorted by a click on its head.
    follow(page, "Response times")
    page.get_by_text(say("Filters"), exact=False).first.click()
    follow(page, "90 days")
    stores = page.locator("#by-store")
    stores.get_by_role("link", name=say("Median"), exact=True).click()
    expect(stores.locator('th[aria-sort="descending"]')).to_have_text(say("Median"))
    slowest = stores.locator("tbody th a").first
    name = slowest.inner_text()
    take_pictures(page, "statistics-slowest")
    slowest.click()
    expect(page.get_by_text(name).first).to_be_visible()

    # Why on that day? A field of the heat map opens its tickets, with their subjects.
    cell = page.locator(".heat td").filter(has=page.locator("a")).first
    tickets_behind(page, cell.get_by_role("link"), cell.locator("small").inner_text())
    take_pictures(page, "statistics-tickets")
    page.go_back()

    # What grows? The reasons, most tickets first; and the tickets behind one of them.
    follow(page, "Contact reasons")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Contact reasons"))
    take_pictures(page, "statistics-reasons")
    first = page.locator(".pareto tbody tr").first.get_by_role("link")
    tickets_behind(page, first, first.inner_text())
    page.locator("[data-subject], tbody th a").first.click()
    expect(page.locator(".msg").first).to_be_visible()

    # What did the birthday plan earn?
    page.goto(f"{installation.base_url}/statistics/")
    follow(page, "Plans")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("With and without plans"))
    follow(page, "Stores")
    expect(page.locator("tbody tr").first).to_be_visible()
    take_pictures(page, "statistics-stores")
