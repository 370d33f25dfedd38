"""Coming in: log-in, a wrong password, an invitation, a PIN on a shared PC, another language, the first day."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import enter, follow, open_mail, press, say, sign_in, take_pictures
from tests.browser.conftest import OpenPage
from tests.flows.test_main_job import Caller
from tests.running.axe import violations
from tests.running.installation import Installation, setup_code

pytestmark = pytest.mark.browser
NEW_PASSWORD = "une phrase assez longue"
PIN = "4711"


def open_person_menu(page: Page) -> None:
    page.locator("[popovertarget=person-menu]").click()


def test_wrong_password_then_right_one(installation: Installation, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(installation.base_url)
    take_pictures(page, "sign-in")
    sign_in(page, installation, "manager", password="not this one")
    refusal = say("The address or the password is not right. Please try again.")
    expect(page.get_by_text(refusal).first).to_be_visible()
    expect(page.get_by_label(say("Mail address"))).to_have_attribute("aria-invalid", "true")
    take_pictures(page, "sign-in-wrong")
    page.get_by_label(say("Password")).fill(installation.password)
    press(page, "Log in")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Inbox"))
    open_person_menu(page)
    press(page, "Log out")
    page.goto(f"{installation.base_url}/inbox/")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Log in"))


def test_invitation_by_mail(installation: Installation, open_page: OpenPage) -> None:
    """The administrator invites; the new colleague finds the mail, chooses a password, sees the store's inbox."""
    page = enter(open_page(), installation, "administrator")
    follow(page, "Settings")
    take_pictures(page, "settings")
    page.goto(f"{installation.base_url}/settings/staff")
    take_pictures(page, "settings-staff")
    follow(page, "Invite a person")
    page.get_by_label(say("Name"), exact=True).fill("Nina Colin")
    page.get_by_label(say("Mail address")).fill("nina@verel.example")
    page.get_by_label(say("Role")).select_option("agent")
    page.get_by_label("Lyon Part-Dieu").check()
    take_pictures(page, "settings-invite")
    press(page, "Send the invitation")
    expect(page.get_by_text("Nina Colin").first).to_be_visible()

    nina = open_page()
    open_mail(nina, installation, "nina@verel.example", "Comptoir")
    nina.frame_locator("iframe.demo-mail").locator("a[href*='/session/invitation/']").first.click()
    expect(nina.get_by_role("heading", level=1)).to_have_text(say("Welcome, %(name)s", name="Nina Colin"))
    nina.get_by_role("textbox").fill(NEW_PASSWORD)
    press(nina, "Save and enter")
    expect(nina.get_by_role("heading", level=1)).to_have_text(say("Inbox"))


def test_another_person_by_pin(installation: Installation, open_page: OpenPage) -> None:
    """Yves sets a PIN; later Ada is at the PC and Yves takes over with four digits."""
    yves = enter(open_page(), installation, "colleague")
    yves.goto(f"{installation.base_url}/session/profile")
    yves.locator("input[name=pin]").fill(PIN)
    yves.locator("input[name=pin_password]").fill(installation.password)
    press(yves, "Save the PIN")
    expect(yves.get_by_text(say("Saved.")).first).to_be_visible()
    take_pictures(yves, "profile")

    shared = enter(open_page(), installation, "agent")
    open_person_menu(shared)
    follow(shared, "Change person")
    take_pictures(shared, "change-person")
    shared.get_by_role("link", name="Yves Renard").click()
    shared.get_by_label(say("PIN")).fill("0000")
    press(shared, "Continue")
    expect(shared.get_by_text(say("This PIN is not right. Please try again.")).first).to_be_visible()
    shared.get_by_label(say("PIN")).fill(PIN)
    press(shared, "Continue")
    expect(shared.get_by_text(say("You now work as %(name)s.", name="Yves Renard"))).to_be_visible()


def test_the_other_language(installation: Installation, open_page: OpenPage) -> None:
    page = enter(open_page(), installation, "agent")
    open_person_menu(page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(f"{installation.base_url}/session/profile")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
    visitor = open_page()
    visitor.goto(f"{installation.base_url}/contact")
    visitor.get_by_role("link", name="English").click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Write to us")


def test_customer_writes_by_the_form(installation: Installation, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{installation.base_url}/contact")
    page.get_by_label(say("Name")).or_(page.locator("input[name=name]")).first.fill("Rose Colin")
    page.locator("input[name=email]").fill("rose@client.example")
    shop = page.locator("select[name=store] option", has_text="Lyon Part-Dieu")
    page.locator("select[name=store]").select_option(shop.get_attribute("value"))
    page.locator("textarea[name=text]").fill("Mon colis est arrivé abîmé, que faire ?")
    take_pictures(page, "contact")
    press(page, "Send")
    answers = page.get_by_role("region", name=say("These answers may help you"))
    answers.locator("summary").first.press("Enter")
    expect(answers.locator(".prose").first).to_be_visible()
    assert Caller(installation).tickets("rose@client.example") == []
    assert violations(page) == []
    take_pictures(page, "contact-answers")
    press(page, "Send my message")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Your message has arrived"))
    assert len(Caller(installation).tickets("rose@client.example")) == 1


def test_first_day(empty_installation: Installation, open_page: OpenPage) -> None:
    """Four steps behind the printed code; then the administrator logs in and finds an empty inbox that says so."""
    page = open_page()
    page.goto(empty_installation.base_url)
    take_pictures(page, "setup-code")
    page.get_by_role("textbox").fill("wrong")
    press(page, "Start")
    expect(page.get_by_role("alert").or_(page.locator(".error")).first).to_be_visible()
    page.get_by_role("textbox").fill(setup_code(empty_installation))
    press(page, "Start")
    page.locator("input[name=name]").fill("Maison Verel")
    take_pictures(page, "setup-chain")
    press(page, "Save and continue")
    for name, text in (("name", "Lyon"), ("code", "LYO"), ("postcode", "69003"), ("town", "Lyon")):
        page.locator(f"input[name={name}]").fill(text)
    take_pictures(page, "setup-store")
    press(page, "Save and continue")
    for name, text in (
        ("name", "Cléo Marchand"),
        ("email", "cleo@verel.example"),
        ("password", NEW_PASSWORD),
    ):
        page.locator(f"input[name={name}]").fill(text)
    press(page, "Save and continue")
    page.locator("input[name=sender_name]").fill("Maison Verel")
    page.locator("input[name=sender_address]").fill("bonjour@verel.example")
    take_pictures(page, "setup-sender")
    press(page, "Finish the set-up")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("The set-up is finished"))
    take_pictures(page, "setup-done")
    follow(page, "Log in")
    expect(page).to_have_url(re.compile("/session/sign-in"))
    sign_in(page, empty_installation, "cleo@verel.example", password=NEW_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Inbox"))
    take_pictures(page, "inbox-empty")
