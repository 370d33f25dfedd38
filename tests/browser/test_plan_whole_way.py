"""A plan from its first step to the people in it: edited, checked, replayed, published, and watched with the demo's clock."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import PATIENCE_MS, follow, press, reload_until, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_plan_editor import add, after, begin, message
from tests.flows.test_main_job import Caller
from tests.running.axe import violations
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
NAME = "Suivi de commande"
WHO = "suivie@client.example"


def test_edited_checked_replayed_published_and_watched(
    installation: Installation, open_page: OpenPage
) -> None:
    caller = Caller(installation)
    _order(caller, "Passée", "passee@client.example")  # so that the last month has something to run on
    page = open_page()
    draft = begin(page, installation, NAME)
    _write(page)
    follow(page, "Replay")
    _replay(page)
    page.goto(draft)
    follow(page, "Check and publish")
    expect(page.locator(".check-error")).to_have_count(0)
    press(page, "Publish")
    expect(page.locator("main")).to_contain_text(
        say("Published as version %(number)s.", number=1), timeout=PATIENCE_MS
    )
    press(page, "Switch on")
    _watch(page, caller, draft.removesuffix("/edit"))


def _write(page: Page) -> None:
    """Two messages on the order's way, three days apart; they serve and sell nothing."""
    add(page, page.get_by_role("link", name=say("Add a step"), exact=True), "Send a message")
    page.locator("#purpose").select_option("transactional")
    message(page, "order_paid", days="0", label="Reçu")
    add(page, after(page, "Reçu"), "Send a message")
    page.locator("#purpose").select_option("transactional")
    message(page, "order_placed", days="3", label="Rappel")


def _replay(page: Page) -> None:
    """On the chain's own last month; by keyboard."""
    expect(page.locator("#version option:checked")).to_have_text(say("The draft"))
    page.locator("#days").fill("30")
    page.locator("#days").press("Enter")
    expect(page.get_by_role("table", name=say("By step"))).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("table", name=say("By step"))).to_contain_text("Reçu")
    take_pictures(page, "plan-replay")
    assert violations(page, has_frames=False) == []


def _watch(page: Page, caller: Caller, url: str) -> None:
    """An order is paid: its customer comes in, gets the receipt, waits, gets the second one and is through."""
    _order(caller, "Suivie", WHO)
    page.goto(url)
    reload_until(page, "Suivie Durand")
    _pass(caller, lambda: len(caller.mails(WHO)) == 1)
    page.reload()
    expect(page.locator("main")).to_contain_text("Rappel")
    take_pictures(page, "plan-watched")
    caller.move_clock("4d")
    _pass(caller, lambda: len(caller.mails(WHO)) == 2)
    reload_until(page, say("Nobody is in this plan at the moment."))


def _order(caller: Caller, first_name: str, who: str) -> None:
    """Paid two minutes ago."""
    now = caller.move_clock("1m")
    order = {
        "external_id": f"W-{who}",
        "store": "LYO",
        "customer": {"email": who, "title": "M", "first_name": first_name, "last_name": "DURAND"},
        "placed_at": (now - timedelta(minutes=2)).isoformat(),
        "updated_at": now.isoformat(),
        "state": "paid",
        "total_cents": 5000,
        "currency": "EUR",
        "lines": [{"sku": "A", "name": "Lampe", "quantity": 1, "unit_price_cents": 5000}],
    }
    status, answer = caller.api("POST", "/orders", order)
    assert status in {200, 201}, answer


def _pass(caller: Caller, is_so: Callable[[], bool]) -> None:
    """Hours pass until it is so."""
    for _ in range(24):
        if is_so():
            return
        caller.move_clock("1h")
    assert is_so()
