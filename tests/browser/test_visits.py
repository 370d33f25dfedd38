"""Visits of a shop on another origin: nothing before consent, noted after it, forgotten when it is withdrawn."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import enter, press, say
from tests.browser.conftest import OpenPage
from tests.doubles.shop import open_shop
from tests.running.installation import Installation

pytestmark = pytest.mark.browser


def kept(page: Page) -> str | None:
    found: str | None = page.evaluate("localStorage.getItem('comptoir-visitor')")
    return found


def count(page: Page, at: Installation) -> int:
    page.goto(f"{at.base_url}/products/visits")
    found = re.search(r"(\d+) visite", page.locator("main").inner_text())
    assert found
    return int(found[1])


def test_visits_by_clicks(installation: Installation, open_page: OpenPage) -> None:
    marketer = enter(open_page(), installation, "administrator")
    with open_shop(installation.base_url) as shop:
        before = count(marketer, installation)
        marketer.get_by_label(say("Note visits, after the visitor agreed")).check()
        marketer.get_by_label(say("Sites that note visits, one a line")).fill(shop)
        press(marketer, "Save")
        visitor = open_page()
        asked: list[str] = []
        visitor.on("request", lambda request: asked.append(request.url.rpartition("/visits/")[2]))
        visitor.goto(f"{shop}/product/LAMPE-01?comptoir=mangled&x=1", wait_until="networkidle")
        assert visitor.url == f"{shop}/product/LAMPE-01?x=1"
        assert kept(visitor) is None
        assert {"note", "forget"}.isdisjoint(asked)
        visitor.locator("#yes").click()
        visitor.goto(f"{shop}/returns", wait_until="networkidle")
        visitor.reload(wait_until="networkidle")
        first = kept(visitor)
        assert first
        expect(visitor.locator("h1")).to_have_text("returns")
        assert asked.count("note") == 3
        assert count(marketer, installation) == before + 3
        assert visitor.context.cookies() == []
        visitor.locator("#no").click()
        visitor.wait_for_timeout(500)
        assert kept(visitor) is None
        assert asked.count("forget") == 1
        assert count(marketer, installation) == before
        visitor.goto(f"{shop}/basket", wait_until="networkidle")
        visitor.locator("#no").click()
        visitor.evaluate("comptoir.visit('search')")
        visitor.locator("#yes").click()
        visitor.wait_for_timeout(300)
        assert asked.count("note") == 3
        visitor.evaluate("comptoir.visit('search')")
        visitor.wait_for_timeout(300)
        assert asked.count("note") == 4
    marketer.get_by_label(say("Note visits, after the visitor agreed")).uncheck()
    press(marketer, "Save")
