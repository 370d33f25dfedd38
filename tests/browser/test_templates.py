"""The template editor by keyboard, with script while typing and without it; every state of the page by axe."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import enter, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import MODES, Inspector
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
SUBJECT = "Merci, votre réponse a bien été reçue"


def tab_to(page: Page, label: str, most: int = 250) -> None:
    """Press Tab until the thing of this name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const at = document.activeElement; return at.labels?.[0]?.textContent ?? at.textContent ?? '' }"
        )
        if name.strip() == label:
            return
    raise AssertionError(f"{label} is not reached by Tab")


def open_editor(page: Page, at: Installation, key: str) -> Page:
    enter(page, at, "administrator")
    page.goto(f"{at.base_url}/templates/{key}")
    begin = page.get_by_role("button", name=say("Customise"))
    if begin.count():
        begin.click()
    else:
        page.get_by_role("link", name=say("Edit the draft: %(language)s", language="Français")).first.click()
    expect(page.locator("#editor")).to_be_visible()
    return page


def test_a_template_is_rewritten_by_keyboard_and_published(
    installation: Installation, open_page: OpenPage
) -> None:
    page = open_editor(open_page(), installation, "thanks")
    take_pictures(page, "template-editor")
    tab_to(page, say("Subject"))
    page.keyboard.press("Control+a")
    page.keyboard.type("CADEAU GRATUIT")
    expect(page.locator("#beside")).to_contain_text(
        say("The subject is all in capitals; filters distrust that.")
    )
    expect(page.locator("#subject, #f-subject")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(SUBJECT)
    expect(page.locator("#beside")).not_to_contain_text("capitales")
    first = page.locator(".block").nth(1).get_attribute("id")
    tab_to(page, say("Move down: %(n)s. %(words)s", n=2, words=say("Text")))
    page.keyboard.press("Enter")
    expect(page.locator(".block").nth(2)).to_have_attribute("id", first or "")
    tab_to(page, say("Save the draft"))
    page.keyboard.press("Enter")
    expect(
        page.get_by_text(say("The draft is saved. Customers still get the version in use."))
    ).to_be_visible()
    page.locator("section", has_text=say("Publish")).last.get_by_role("button").click()
    expect(page.get_by_text(say("Published. The next messages are sent with this version."))).to_be_visible()
    expect(page.get_by_text(SUBJECT).first).to_be_visible()
    press(page, "Go back to the delivered message")
    expect(page.get_by_role("button", name=say("Customise"))).to_be_visible()


def test_the_editor_works_without_script(installation: Installation, open_page: OpenPage) -> None:
    page = open_editor(open_page(java_script_enabled=False), installation, "survey")
    count = page.locator(".block").count()
    page.get_by_label(say("Add a block")).select_option("image")
    page.get_by_role("button", name=say("Add"), exact=True).click()
    expect(page.locator(".block")).to_have_count(count + 1)
    press(page, "Publish")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Not published"))
    page.goto(f"{installation.base_url}/templates/survey")
    press(page, "Throw the draft away")
    expect(page.get_by_role("button", name=say("Customise"))).to_be_visible()


def test_every_state_of_the_editor_is_accessible(installation: Installation, open_page: OpenPage) -> None:
    inspector = Inspector({name: open_page(**options) for name, options in MODES})
    base = f"{installation.base_url}/templates"
    for page in inspector.pages.values():
        enter(page, installation, "administrator")
    opened = next(iter(inspector.pages.values()))
    opened.goto(f"{base}/reassurance")
    press(opened, "Customise")
    for path in (
        "reassurance",
        "reassurance/fr/edit",
        "reassurance/en/edit?view=text",
        "reassurance/fr/edit?view=sms",
    ):
        inspector.look(f"{base}/{path}")
    inspector.look(f"{base}/reassurance/fr/edit?q=Lef&view=dark")
    inspector.look(f"{base}/reassurance/fr/edit?view=no_images&sample=bare")
    inspector.look(f"{base}/reassurance/fr/versions/1")
    opened.goto(f"{base}/reassurance")
    press(opened, "Throw the draft away")
    assert inspector.found == []
