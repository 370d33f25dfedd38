"""The list by keyboard alone: filters offered while typing, rows ticked, one act on all of them, undone."""

import pytest
from playwright.sync_api import expect

from tests.browser.acting import enter, press_shortcut, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.running.installation import Installation

pytestmark = pytest.mark.browser


def test_search_tick_act_and_undo_by_keys(installation: Installation, open_page: OpenPage) -> None:
    page = enter(open_page(), installation, "administrator")
    page.goto(f"{installation.base_url}/inbox/?view=all")
    press_shortcut(page, "/")
    page.keyboard.type("état:ou")
    expect(page.get_by_role("option", name="état:ouvert")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-search]")).to_have_value("état:ouvert ")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    expect(page.locator(".query-chips")).to_contain_text("ouvert")
    take_pictures(page, "ticket-list")
    press_shortcut(page, "j")
    press_shortcut(page, "x")
    press_shortcut(page, "j")
    page.keyboard.press("Shift+X")
    expect(page.locator("[data-picked]")).to_have_text(say("{count} tickets ticked").replace("{count}", "2"))
    press_shortcut(page, "b")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 tickets")
    take_pictures(page, "bulk")
    page.get_by_role("button", name=say("Assign"), exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Assigned"))
    press_shortcut(page, "z")
    expect(page.get_by_text("comme avant").first).to_be_visible()
    page.goto(f"{installation.base_url}/inbox/calls")
    take_pictures(page, "calls")
