"""A manager's five questions of a Tuesday morning, answered by clicking."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acting import DESK, PATIENCE_MS, enter, follow, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.running.axe import violations
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
COUNT = re.compile(r"\d[\d\s\u202f\u00a0]*")
LYON, WRITTEN_AT_TEN = "Lyon Part-Dieu", re.compile(r"^10")


def test_five_questions_of_a_manager(installation: Installation, open_page: OpenPage) -> None:
    page = enter(open_page(viewport=DESK), installation, "manager")
    follow(page, "Statistics")
    follow(page, "Response times")
    follow(page, "Last calendar week")
    told = installation.run("tests.running.last_weeks")
    _gathered(page, _replies(page) + told["replies"])
    _which_store_was_slowest_last_week(page)
    _why_on_monday(page, told["monday_deliveries"])
    _which_reason_grew_most(page, told["reason"])
    _show_the_tickets_behind_it(page, told["monday_deliveries"])
    _what_did_the_birthday_plan_earn(page, told["treated"])


def _which_store_was_slowest_last_week(page: Page) -> None:
    stores = page.locator("#by-store")
    stores.get_by_role("link", name=say("Median"), exact=True).click()
    expect(stores.locator('th[aria-sort="descending"]')).to_contain_text(say("Median"))
    slowest = stores.locator("tbody th a").first
    expect(slowest).to_have_text(LYON)
    _look(page, "statistics-slowest")
    slowest.click()
    expect(page.locator(".filters select[name=store] option:checked")).to_have_text(LYON)


def _why_on_monday(page: Page, deliveries: int) -> None:
    """The field of Monday at ten says how long and how many; behind it stand their subjects."""
    ten = page.locator(".heat tbody tr").filter(has=page.get_by_role("rowheader", name=WRITTEN_AT_TEN))
    monday = ten.get_by_role("cell").first
    _look(page, "statistics-monday")
    _open_tickets(page, monday.get_by_role("link"), monday.locator("small").inner_text(), deliveries)
    expect(page.locator("tbody tr").first).to_contain_text("Où est mon colis")
    page.go_back()


def _which_reason_grew_most(page: Page, reason: str) -> None:
    follow(page, "Contact reasons")
    grown = page.locator("#growing tbody tr").first
    expect(grown).to_contain_text(reason)
    _look(page, "statistics-grown")


def _show_the_tickets_behind_it(page: Page, deliveries: int) -> None:
    count = page.locator("#growing tbody tr").first.get_by_role("cell").first
    _open_tickets(page, count.get_by_role("link"), count.inner_text(), deliveries)
    _look(page, "statistics-tickets")
    page.locator("tbody th a").first.click()
    expect(page.locator("#thread")).to_contain_text("Bonjour, voici.")
    page.go_back()


def _what_did_the_birthday_plan_earn(page: Page, treated: int) -> None:
    follow(page, "Statistics")
    questions = page.get_by_role("navigation", name=say("Statistics"))
    questions.get_by_role("link", name=say("Plans"), exact=True).click()
    line = page.get_by_role("row").filter(has_text=say("Birthday")).first
    expect(line).to_contain_text(re.compile(r"20,00\s€"))  # (66 - 36) of 120 customers for 80 euros
    _look(page, "statistics-gains")
    line.get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(str(treated))
    _look(page, "statistics-birthday")


def _gathered(page: Page, replies: int) -> None:
    """Workers gather the days within seconds of the facts: the last one is there when all replies are."""
    for _ in range(PATIENCE_MS // 500):
        page.wait_for_timeout(500)
        page.reload()
        if _replies(page) == replies:
            return
    assert _replies(page) == replies


def _replies(page: Page) -> int:
    """How many the tile says, none of an empty period."""
    tile = page.locator(".tile").filter(has=page.get_by_text(say("Replies"), exact=True)).first
    found = COUNT.search(tile.inner_text())
    return int(re.sub(r"\D", "", found[0])) if found else 0


def _open_tickets(page: Page, link: Locator, said: str, count: int) -> None:
    """A click on a figure opens as many tickets as it says."""
    assert _number(said) == count
    link.click()
    expect(page.locator("#by-store")).to_have_count(0)
    assert _number(page.locator(".lead").inner_text()) == count
    expect(page.locator("tbody tr").first).to_be_visible()


def _number(words: str) -> int:
    found = COUNT.search(words)
    assert found, words
    return int(re.sub(r"\D", "", found[0]))


def _look(page: Page, name: str) -> None:
    """Nothing of a table is scrolled away on a phone."""
    take_pictures(page, name)
    page.set_viewport_size({"width": 320, "height": 640})
    wide = "[...document.querySelectorAll('main .table-box')].filter(e => e.scrollWidth > e.clientWidth + 1)"
    assert page.evaluate(f"{wide}.map(e => e.getAttribute('aria-label'))") == []
    page.set_viewport_size(DESK)
    assert violations(page, has_frames=False) == []
