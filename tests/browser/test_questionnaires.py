"""The questionnaires' builder: a questionnaire is begun and changed by keyboard, without script on a phone; its pages by axe."""

import pytest
from playwright.sync_api import expect

from tests.browser.acting import PHONE, enter, follow, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import MODES, Inspector
from tests.running.installation import Installation

pytestmark = pytest.mark.browser


def test_a_questionnaire_is_written_by_keyboard(installation: Installation, open_page: OpenPage) -> None:
    page = open_page()
    enter(page, installation, "administrator")
    page.goto(f"{installation.base_url}/questionnaires/")
    follow(page, "New questionnaire")
    page.get_by_label(say("Name"), exact=True).fill("Enquête au clavier")
    page.get_by_label(say("Begin with")).select_option("yearly")
    press(page, "Begin the questionnaire")
    base = page.url.partition("/edit")[0]
    take_pictures(page, "questionnaire-editor")
    page.locator("#down-nps").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#page-overall .question-row").last.locator("code")).to_have_text("nps")
    expect(page.locator("#down-nps")).to_be_focused()
    page.locator("#act-undo").press("Enter")
    expect(page.locator("#page-overall .question-row").last.locator("code")).to_have_text("visits")
    expect(page.locator("#act-undo")).to_have_count(0)
    page.goto(f"{base}/questions/disappointed_by")
    page.locator("#f-show_if-new").select_option("nps")
    press(page, "Add the condition")
    expect(page.locator("#f-show_if-1-test")).to_be_focused()
    page.locator("#f-show_if-1-test").select_option("at_most")
    expect(page.locator("#show_if .clause-codes")).to_be_hidden()
    take_pictures(page, "questionnaire-question")
    page.locator("#f-show_if-1-number").fill("6")
    page.keyboard.press("Enter")
    expect(page.locator("#question-disappointed_by a")).to_be_focused()
    follow(page, "Preview")
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name=say("Begin")).click()
    expect(frame.get_by_role("group").first).to_contain_text("satisfait de notre enseigne")
    take_pictures(page, "questionnaire-preview")
    page.goto(f"{base}/publish")
    take_pictures(page, "questionnaire-publish")
    press(page, "Publish")
    expect(page.locator(".flash-ok")).to_contain_text("version 1")

    inspector = Inspector({name: open_page(**options) for name, options in MODES})
    for each in inspector.pages.values():
        enter(each, installation, "administrator")
    for path in ("edit", "questions/store_points", "questions/disappointed_by", "pages/store", "about", "preview", "publish", "versions", "pages/store/add", "pages/store/add?kind=contact"):  # fmt: skip
        inspector.look(f"{base}/{path}")
    inspector.look(f"{installation.base_url}/questionnaires/")
    inspector.look(f"{installation.base_url}/questionnaires/new")
    assert inspector.found == []


def test_the_builder_works_without_script(installation: Installation, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False, viewport=PHONE)
    enter(page, installation, "administrator")
    page.goto(f"{installation.base_url}/questionnaires/new")
    page.get_by_label(say("Name"), exact=True).fill("Sans script")
    press(page, "Begin the questionnaire")
    page.get_by_role("link", name=say("Add a question")).first.click()
    page.get_by_role("link", name=say("Several answers"), exact=True).click()
    page.get_by_label(say("Question in French")).fill("Pourquoi ?")
    for number, words in enumerate(("Le prix", "Le choix"), start=1):
        page.locator(f"#f-options-{number}-fr").fill(words)
    page.get_by_role("button", name=say("Save"), exact=True).last.click()
    expect(page.locator(".question-row")).to_contain_text("Le prix, Le choix")
    press(page, "Throw the questionnaire away")
    expect(page.get_by_text(say("The questionnaire is thrown away."))).to_be_visible()
