"""A marketer builds a form, a customer signs up on a phone without script, confirms, and chooses what she receives."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import PHONE, enter, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import MODES, Inspector
from tests.flows.test_main_job import Caller
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
BOX = "J’accepte de recevoir les offres par e-mail."


def build_form(page: Page, at: Installation, name: str) -> str:
    """Make a form with one box and switch it on; returns its page for staff."""
    page.goto(f"{at.base_url}/signups/new")
    page.get_by_label(say("Name"), exact=False).first.fill(name)
    page.locator("#title_fr").fill("Le club de la maison")
    page.locator("#title_en").fill("The house club")
    page.locator("#intro_fr").fill("Une idée par mois, sans bruit.")
    page.locator("#consents-0-fr").fill(BOX)
    page.locator("#consents-0-en").fill("I would like to receive offers by e-mail.")
    take_pictures(page, "signup-builder")
    press(page, "Save")
    page.get_by_role("link", name=name).click()
    press(page, "Switch on")
    return page.url


def test_from_the_builder_to_the_preferences(installation: Installation, open_page: OpenPage) -> None:
    staff = enter(open_page(), installation, "administrator")
    url = build_form(staff, installation, "Club du printemps")
    take_pictures(staff, "signup-form")
    customer = open_page(viewport=PHONE, java_script_enabled=False)
    customer.goto(f"{installation.base_url}/f/club-du-printemps")
    take_pictures(customer, "signup-public")
    customer.get_by_label("Adresse e-mail").fill("lise.printemps@")
    customer.wait_for_timeout(2_500)  # the page wants to be read for two seconds
    press(customer, "Send")
    expect(customer.locator("[aria-invalid=true]")).to_have_count(1)
    take_pictures(customer, "signup-corrected")
    customer.get_by_label("Adresse e-mail").fill("lise.printemps@client.example")
    customer.get_by_label(BOX).focus()
    customer.keyboard.press("Space")
    customer.keyboard.press("Tab")
    customer.keyboard.press("Enter")
    expect(customer.get_by_role("heading", level=1)).to_have_text(say("Thank you"))
    take_pictures(customer, "signup-thanks")
    caller = Caller(installation)
    caller.move_clock("1m")
    [link] = [
        link
        for mail in caller.mails("lise.printemps@client.example")
        for link in mail["links"]
        if "/confirm/" in link
    ]
    customer.goto(link)
    take_pictures(customer, "signup-confirm")
    press(customer, "Yes, confirm")
    expect(customer.get_by_role("status")).to_be_visible()
    staff.goto(f"{url}/entries?state=confirmed")
    expect(staff.get_by_role("link", name="lise.printemps@client.example")).to_be_visible()
    take_pictures(staff, "signup-entries")


def test_the_preferences_without_script_and_by_keyboard(
    installation: Installation, open_page: OpenPage
) -> None:
    caller = Caller(installation)
    who = caller.deliver("chooser")
    caller.move_clock("7d")
    [link] = {link for mail in caller.mails(who) for link in mail["links"] if "/u/" in link}
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto(link)
    take_pictures(page, "preferences")
    page.locator("select[name=frequency]").select_option("1/30")
    box = page.locator("input[type=checkbox][value='email:newsletter']")
    box.focus()
    page.keyboard.press("Space")
    press(page, "Save")
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("input[type=checkbox][value='email:newsletter']")).to_be_checked()
    expect(page.locator("select[name=frequency]")).to_have_value("1/30")
    press(page, "Pause for 30 days")
    expect(page.get_by_role("button", name=say("End the pause"))).to_be_visible()
    press(page, "Stop everything")
    expect(page.locator("input[name=wish]:checked")).to_have_count(0)
    take_pictures(page, "preferences-stopped")
    page.get_by_label(say("I receive too many messages")).check()
    press(page, "Tell us")
    expect(page.get_by_role("status")).to_have_text(say("Thank you for telling us."))


def test_every_page_of_the_forms(installation: Installation, open_page: OpenPage) -> None:
    inspector = Inspector({name: open_page(**options) for name, options in MODES})
    for page in inspector.pages.values():
        enter(page, installation, "administrator")
    first = next(iter(inspector.pages.values()))
    url = build_form(first, installation, "Club des pages")
    for ending in ("", "/edit", "/preview", "/entries", "/entries?state=refused"):
        inspector.look(url + ending)
    for path in ("/f/club-des-pages", "/f/club-des-pages/embed", "/f/club-des-pages/thanks"):
        inspector.look(installation.base_url + path)
    inspector.look(f"{installation.base_url}/f/club-des-pages", "Send")
    inspector.look(f"{installation.base_url}/f/none-such")
    inspector.look(f"{installation.base_url}/signups/")
    inspector.look(f"{installation.base_url}/signups/new", "Save")
    assert inspector.found == []
