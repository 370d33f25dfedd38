"""A draft that nobody reaches a step of and that lacks a translation: refused in words, mended, read, published, people moved."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from tests.browser.acting import PATIENCE_MS, enter, follow, press, reload_until, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.running.axe import violations
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
PLAN = "/plans/welcome_pack"
OF_LETTER = "language = 'en' AND template_id IN (SELECT id FROM message_templates WHERE key = 'vip_status')"
BEFORE = (
    f"UPDATE template_versions SET state = 'retired' WHERE {OF_LETTER}",
    "UPDATE customers SET language = 'en' WHERE last_name = 'Weber'",
)
AFTER = (
    f"UPDATE template_versions SET state = 'published' WHERE {OF_LETTER}",
    "UPDATE customers SET language = 'fr' WHERE last_name = 'Weber'",
)


@pytest.fixture
def half_translated(installation: Installation) -> Iterator[Installation]:
    """One customer is written to in English, and a letter of the welcome pack is not published in it."""
    engine = create_engine(installation.environ["DATABASE_URL"])
    for statements in (BEFORE, AFTER):
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        if statements is BEFORE:
            yield installation
    engine.dispose()


def check(page: Page, name: str) -> None:
    """Looked at at a desk and on a phone, and by axe."""
    take_pictures(page, name)
    assert violations(page, has_frames=False) == []


def test_refused_mended_read_and_published(half_translated: Installation, open_page: OpenPage) -> None:
    at = half_translated
    page = enter(open_page(), at, "administrator")
    page.goto(at.base_url + PLAN)
    press(page, "Edit")
    cut_off(page)
    follow(page, "Check and publish")
    errors = page.locator(".check-error")
    expect(errors.first).to_contain_text("n’est pas publié dans la langue « Anglais »")
    expect(errors.last).to_contain_text("Aucun chemin ne mène ici")
    expect(page.get_by_role("button", name=say("Publish"), exact=True)).to_be_disabled()
    check(page, "publish-refused")
    mend(page)
    expect(page.locator(".check-error")).to_have_count(0)
    read_and_publish(page)
    reload_until_moved(page, at)
    try_it(page, at)


def cut_off(page: Page) -> None:
    """An end after the first letter: nobody comes to the second one any more."""
    page.get_by_role("link", name="Ajouter une étape après « Bienvenue »").click()
    page.get_by_role("link", name=say("End here")).click()
    press(page, "Save")


def mend(page: Page) -> None:
    """The end that cut off the rest is taken back; the finding that is left leads to the letter without English, which goes."""
    page.locator(".form-actions").get_by_role("link", name=say("Go back to the draft")).click()
    press(page, "Undo the last change")
    follow(page, "Check and publish")
    expect(page.locator(".check-error")).to_have_count(1)
    page.locator(".check-error a").click()
    press(page, "Take this message out")
    press(page, "Save")
    follow(page, "Check and publish")


def read_and_publish(page: Page) -> None:
    """The difference in words, and who is inside; by keyboard."""
    changes = page.locator("section[aria-labelledby=changes-title]")
    expect(changes).to_contain_text(say("Other messages"))
    expect(changes.locator("del").filter(has_text="VIP")).to_be_visible()
    check(page, "publish-ready")
    page.get_by_label(say("They are moved to the new version")).press("Space")
    page.get_by_role("button", name=say("Publish"), exact=True).press("Enter")
    expect(page.locator("main")).to_contain_text(
        say("Published as version %(number)s.", number=2), timeout=PATIENCE_MS
    )


def reload_until_moved(page: Page, at: Installation) -> None:
    page.goto(f"{at.base_url}{PLAN}/versions")
    reload_until(page, say("Last move, to version %(number)s:", number=2))
    expect(page.locator("[role=status]")).to_contain_text(re.compile(r"\d+ personnes? y continue"))
    check(page, "publish-versions")


def try_it(page: Page, at: Installation) -> None:
    """What would happen to Dora, found by her name."""
    page.goto(at.base_url + PLAN)
    follow(page, "Try with a customer")
    page.get_by_role("searchbox").fill("Lefèvre")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Dora Lefèvre").click()
    follow(page, "first order")
    expect(page.locator(".steps > li").first).to_contain_text("2026")
    check(page, "publish-try")
