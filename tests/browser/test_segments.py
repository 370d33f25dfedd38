"""A segment of two groups: built with its count beside it, kept, its members, handed out as a table."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import PATIENCE_MS, PHONE, enter, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
COUNT = "#seen .segment-count strong"


def add(page: Page, group: int, field: str) -> None:
    """Choose what to look at and add it to a group."""
    page.locator(f"#f-n{group}-new").select_option(field)
    page.locator(f"button[name=act][value=add-{group}]").click()


def test_a_segment_of_two_groups(installation: Installation, open_page: OpenPage) -> None:
    page = enter(open_page(viewport=PHONE), installation, "administrator")
    page.goto(f"{installation.base_url}/segments/new")
    add(page, 0, "customer.name")
    page.locator("#f-n1-list").fill("martin\npetit\nroux")
    expect(page.locator(COUNT)).to_have_text("3", timeout=PATIENCE_MS)
    page.locator("button[name=act][value=group-0]").click()
    add(page, 2, "orders.placed")
    expect(page.locator("#part-3 [data-for=value]")).to_be_hidden()
    page.locator("#f-n3-test").select_option("at_least")
    page.locator("#f-n3-value").fill("1")
    page.locator("button[name=act][value=group-0]").click()
    page.locator("#f-n4-match").select_option("none")
    add(page, 4, "customer.language")
    page.locator("#part-5 input[value=en]").check()
    expect(page.locator(COUNT)).to_have_text("3", timeout=PATIENCE_MS)
    expect(page.locator("#seen")).to_contain_text("Zoé Petit")
    take_pictures(page, "segment-builder")
    page.locator("input[name=name]").fill("Trois familles")
    page.locator("input[name=name]").press("Enter")
    expect(page.locator("h1")).to_have_text("Trois familles", timeout=PATIENCE_MS)
    expect(page.locator("#segment-size .tile")).to_contain_text("3", timeout=PATIENCE_MS)
    page.get_by_role("link", name=say("Members"), exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.go_back()
    expect(page.locator("#segment-size .tile")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=say("Table (CSV)")).click()
    lines = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert waiting.value.suggested_filename == "trois-familles-table.csv"
    assert len(lines) == 4
    assert lines[0].startswith("id;title;first_name;last_name;email;phone")
