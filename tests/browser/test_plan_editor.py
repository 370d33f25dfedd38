"""The plans' editor: a plan like anti-churn is written by keyboard and mouse, with script and without; every page by axe."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acting import PHONE, enter, follow, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import MODES, Inspector
from tests.running.installation import Installation

pytestmark = pytest.mark.browser


def begin(page: Page, at: Installation, name: str, *, like: str = "") -> str:
    """A plan of the chain's own, by the form; returns the address of its draft."""
    enter(page, at, "administrator")
    page.goto(f"{at.base_url}/plans/")
    follow(page, "New plan")
    page.get_by_label(say("Name in French")).fill(name)
    page.get_by_label(say("Name in English")).fill(name)
    page.get_by_label(say("Begin with")).select_option(like)
    page.get_by_label(say("A customer comes in who")).select_option("order_paid")
    press(page, "Begin the plan")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    return page.url.partition("?")[0]


def add(page: Page, button: Locator, kind: str) -> None:
    """Press a plus of the timeline and choose what the step does."""
    button.click()
    page.get_by_role("link", name=say(kind), exact=True).click()
    expect(page.get_by_role("heading", level=2, name=say("When"))).to_be_visible()


def after(page: Page, title: str) -> Locator:
    return page.get_by_role("link", name=say("Add a step after “%(step)s”", step=title), exact=True)


def save(page: Page) -> None:
    page.get_by_role("button", name=say("Save"), exact=True).last.click()


def message(page: Page, template: str, *, days: str, label: str) -> None:
    page.get_by_label(say("Message"), exact=True).first.select_option(template)
    page.locator("#delay_days").fill(days)
    page.locator("#delay_at").fill("10:00")
    page.locator("#label").fill(label)
    save(page)
    expect(page.get_by_text(say("Steps"), exact=True)).to_be_visible()


def order(page: Page) -> list[str]:
    return [each.strip() for each in page.locator(".steps h3 a").all_inner_texts()]


def test_a_plan_is_written_on_the_timeline(installation: Installation, open_page: OpenPage) -> None:
    page = open_page()
    begin(page, installation, "Nous revoir")
    expect(page.locator(".plan-lacks")).to_contain_text(say("The plan has no step yet: please add one."))
    take_pictures(page, "plan-editor-empty")
    add(page, page.get_by_role("link", name=say("Add a step"), exact=True), "Send a message")
    take_pictures(page, "plan-editor-new-step")
    message(page, "anti_churn_1", days="0", label="Comment allez-vous")
    add(page, after(page, "Comment allez-vous"), "Send a message")
    message(page, "anti_churn_2", days="8", label="Rappel de l’offre")
    add(page, after(page, "Rappel de l’offre"), "Ask the store for a call")
    save(page)
    expect(page.locator(".plan-lacks")).to_contain_text(say("Ask the store for a call"))

    # by keyboard: the focus stays with the button of the step that moves
    before = page.url
    page.locator("[id^=up-task]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".steps > li").nth(1).locator("h3")).to_contain_text(say("Ask the store for a call"))
    expect(page.locator("[id^=up-task]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".steps > li").first.locator("h3")).to_contain_text(say("Ask the store for a call"))
    expect(page.locator("[id^=down-task]")).to_be_focused()
    assert page.url == before, "with script the page is not loaded again"
    for place in (1, 2):
        press(page, "Undo the last change")
        expect(page.locator(".steps > li").nth(place).locator("h3")).to_contain_text(
            say("Ask the store for a call")
        )
    expect(page.locator("#act-undo")).to_be_focused()
    expect(page.locator(".steps > li").nth(2).locator("h3")).to_contain_text(say("Ask the store for a call"))

    _fork(page)
    _take_out_of_the_fork(page)


def _fork(page: Page) -> None:
    """Its question is first wrong, then mended; its second way gets a message."""
    add(page, after(page, "Rappel de l’offre"), "Split into two ways")
    page.locator("#label").fill("A acheté ?")
    page.locator("#f-when-new").select_option("purchased")
    press(page, "Add the condition")
    page.locator("#f-when-1-days").fill("huit")
    save(page)
    expect(page.locator("#when .error")).to_contain_text("nombre entier")
    expect(page.locator("#label")).to_have_value("A acheté ?")
    take_pictures(page, "plan-editor-error")
    page.locator("#f-when-1-days").fill("8")
    press(page, "Add a choice: one of several")
    page.locator("#f-when-2-new").select_option("weekday")
    press(page, "Add to this choice")
    page.get_by_label("lundi").check()
    save(page)
    way = page.locator(".plan-way-no")
    add(page, way.get_by_role("link"), "Send a message")
    message(page, "anti_churn_3", days="12", label="Dernier message")
    expect(way.locator("h3")).to_have_text("Dernier message")
    assert order(page) == [
        "Comment allez-vous", "Rappel de l’offre", "A acheté ?", "Dernier message", say("Ask the store for a call"),
    ]  # fmt: skip
    take_pictures(page, "plan-editor")
    page.screenshot(path="var/screenshots/plan-editor-whole.png", full_page=True)


def _take_out_of_the_fork(page: Page) -> None:
    page.locator("[id^=down-send_3]").press("Enter")
    expect(page.locator(".plan-way")).to_have_count(2)
    expect(page.locator(".plan-way h3")).to_have_count(0)
    assert order(page)[3:] == ["Dernier message", say("Ask the store for a call")]


def test_the_editor_works_without_script(installation: Installation, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False, viewport=PHONE)
    begin(page, installation, "Sans script", like="welcome_pack")
    first = page.locator("[id^=down-]").first.get_attribute("id")
    page.locator(f"#{first}").press("Enter")
    expect(page.locator(f"#{first}")).to_be_focused()
    page.get_by_role("link", name=say("Change these rules")).click()
    page.get_by_label(say("falls below a churn score")).check()
    save(page)
    expect(page.locator("#on-error")).to_be_visible()
    page.locator("#f-churn_below-points").fill("-5")
    save(page)
    expect(
        page.get_by_text(say("Saved in the draft. Customers notice nothing before it is published."))
    ).to_be_visible()
    press(page, "Throw the plan away")
    expect(page.get_by_text(say("The draft is thrown away."))).to_be_visible()


def test_every_page_of_the_editor_is_accessible(installation: Installation, open_page: OpenPage) -> None:
    inspector = Inspector({name: open_page(**options) for name, options in MODES})
    for page in inspector.pages.values():
        enter(page, installation, "administrator")
    opened = next(iter(inspector.pages.values()))
    opened.goto(f"{installation.base_url}/plans/post_purchase_survey")
    opened.get_by_role("button", name=say("Edit"), exact=True).click()
    base = f"{installation.base_url}/plans/post_purchase_survey"
    forked = f"{base}/edit/add?kind=split&after=remind"
    opened.goto(forked)
    opened.locator("#f-when-new").select_option("stage")
    press(opened, "Add the condition")
    inspector.check(opened, "a condition just added")
    save(opened)
    inspector.check(opened, "a condition refused")
    opened.locator("#f-when-1-not").select_option("1")
    opened.locator("#when input[type=checkbox]").first.check()
    save(opened)
    for path in ("edit", "edit/add?after=ask", "edit/add?kind=send&after=ask", "edit/steps/ask", "edit/steps/split_1",
        "edit/rules", "about"):  # fmt: skip
        inspector.look(f"{base}/{path}")
    opened.goto(f"{base}/edit")
    press(opened, "Throw the draft away")
    assert inspector.found == []
