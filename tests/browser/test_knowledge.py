"""A standard reply goes into the answer by one key, and without script by its page; customers find an article."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.acting import PHONE, enter, press_shortcut, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
SUBJECT = "Ma lampe est arrivée cassée"
FITTING = "Article abîmé : demander une photo"
HOURS = re.compile("^Les horaires de Lyon Part-Dieu, jours fériés compris")
ALSO = re.compile("Cette réponse fixe aussi.*état")
ASKS = re.compile("Pouvez-vous m’envoyer une photo")


def open_ticket(page: Page, at: Installation, subject: str = SUBJECT) -> Page:
    enter(page, at, "agent")
    page.goto(f"{at.base_url}/inbox/")
    page.locator("[data-row]", has_text=subject).first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)
    return page


def tab_to(page: Page, wanted: Locator) -> None:
    """By the key alone; fails when it is not reached."""
    expect(wanted).to_be_visible()
    for _stop in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab does not reach {wanted}")


def test_a_slash_offers_what_fits_and_inserts_it(installation: Installation, open_page: OpenPage) -> None:
    page = open_ticket(open_page(), installation)
    answer = page.get_by_label(say("Your text"))
    answer.focus()
    press_shortcut(page, "/")
    fitting = page.get_by_role("button", name=FITTING)
    expect(fitting).to_be_visible()
    take_pictures(page, "standard-replies")
    fitting.click()
    expect(answer).to_have_value(ASKS)
    page.keyboard.type("A-1")  # the hole was selected
    expect(answer).to_have_value(re.compile("de la commande A-1 \\?"))
    expect(page.locator('input[name="standard_reply_id"]')).to_have_count(1)
    also = page.get_by_role("checkbox", name=ALSO)
    expect(also).to_be_checked()
    also.uncheck()
    expect(page.locator("[data-draft-state]")).to_have_text(say("Draft saved"))
    page.reload()  # what was inserted is kept with the draft, and what was unticked
    expect(page.locator('input[name="standard_reply_id"]')).to_have_count(1)
    expect(also).not_to_be_checked()


def test_three_keys_answer_a_ticket(installation: Installation, open_page: OpenPage) -> None:
    """No mouse: one key opens the suggestions, one takes the first, one sends; the first may not have come yet."""
    page = open_ticket(open_page(), installation, "Horaires de dimanche")
    press_shortcut(page, "i")
    page.keyboard.press("Enter")
    expect(page.get_by_label(say("Your text"))).to_have_value(HOURS)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg", has_text="Les horaires de Lyon Part-Dieu")).to_be_visible()


def test_without_script_the_text_goes_into_the_draft(installation: Installation, open_page: OpenPage) -> None:
    page = open_ticket(open_page(java_script_enabled=False), installation)
    page.get_by_role("link", name=say("Standard replies")).first.click()
    page.locator("section", has_text=FITTING).get_by_role("button").first.click()
    expect(page.get_by_label(say("Your text"))).to_have_value(ASKS)


def test_a_customer_asks_in_her_own_words_by_keyboard_alone(
    installation: Installation, open_page: OpenPage
) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{installation.base_url}/help/")
    tab_to(page, page.get_by_label(say("Your question")))
    page.keyboard.type("mon paquet est cassé, que faire ?")
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Mon colis est arrivé abîmé"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon colis est arrivé abîmé")
