"""A marketer brings a file in: columns, dry run, a fix, written, a segment of them, its members, and all of it undone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.acting import PATIENCE_MS, enter, follow, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import Inspector
from tests.running.installation import Installation

pytestmark = pytest.mark.browser


def test_from_the_sample_file_to_the_customers_and_back(
    installation: Installation, open_page: OpenPage, tmp_path: Path
) -> None:
    page = enter(open_page(), installation, "administrator")
    inspector = Inspector({"light": page})
    page.goto(f"{installation.base_url}/customers/imports/")
    with page.expect_download() as sample:
        page.get_by_role("link", name=say("Sample file"), exact=True).click()
    path = tmp_path / "contacts.csv"
    text = Path(sample.value.path()).read_text(encoding="utf-8-sig")
    path.write_text(text.replace("hugo.marchand@exemple.test", "hugo.marchand@gmial.com"), encoding="utf-8")
    page.get_by_label(say("File"), exact=True).set_input_files(path)
    press(page, "Read the file")
    expect(page.get_by_role("button", name=say("Check the file"))).to_be_visible(timeout=PATIENCE_MS)
    take_pictures(page, "import-columns")
    page.get_by_label(say("By which words")).fill("Recevoir nos offres")
    press(page, "Check the file")
    expect(page.get_by_role("button", name=say("Write to the customers"))).to_be_visible(timeout=PATIENCE_MS)
    inspector.check(page, "the report")
    take_pictures(page, "import-report")
    page.get_by_role("link", name=say("Probably a typo in the mail domain")).click()
    press(page, "Take all suggestions")
    press(page, "Write to the customers")
    expect(page.get_by_role("link", name=say("Undo this import"), exact=True)).to_be_visible(
        timeout=PATIENCE_MS
    )
    inspector.check(page, "what was written")
    here = page.url
    follow(page, "These customers")
    expect(page.get_by_role("link", name="Hugo Marchand")).to_be_visible()
    follow(page, "Make a segment of them")
    page.locator("input[name=name]").fill("Venus du salon")
    page.locator("input[name=name]").press("Enter")
    expect(page.locator("h1")).to_have_text("Venus du salon", timeout=PATIENCE_MS)
    follow(page, "Members")
    expect(page.get_by_role("link", name="Hugo Marchand")).to_be_visible(timeout=PATIENCE_MS)
    inspector.check(page, "the members")
    page.goto(f"{installation.base_url}/customers/?q=hugo.marchand@gmail.com")
    expect(page.get_by_text("hugo.marchand@gmail.com").first).to_be_visible()
    page.goto(here)
    page.get_by_role("link", name=say("Undo this import"), exact=True).click()
    press(page, "Undo this import")
    expect(page.get_by_text(say("What the undo did, and what it could not do"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    take_pictures(page, "import-undone")
    page.goto(f"{installation.base_url}/customers/?q=hugo.marchand@gmail.com")
    expect(page.get_by_text(say("Show all customers"))).to_be_visible()
    assert inspector.found == []
