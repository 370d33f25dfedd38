"""The main job by clicks: an unhappy customer, the store's reply, and the wait in the statistics."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import (
    PHONE,
    THANKS_TO_A_PERSON_MS,
    enter,
    follow,
    open_mail,
    press,
    reload_until,
    say,
    take_pictures,
)
from tests.browser.conftest import OpenPage
from tests.flows.test_main_job import NOON, Caller
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
BROKEN = "Le pied de la lampe est fendu."
REPLY = "Bonjour, une lampe neuve part ce jour. Gardez l’autre."
NOTE = "Vu avec l’entrepôt : deux autres cartons du même lot."
ANSWER = "Merci, je l’attends."


def answer_unhappily(page: Page, at: Installation, who: str) -> None:
    """The customer opens the survey mail on the phone, presses the third box, writes a word, confirms."""
    open_mail(page, at, who, "Votre avis")
    take_pictures(page, "mail-survey")
    page.frame_locator("iframe.demo-mail").get_by_role("link", name="Pas satisfait").click()
    expect(page.get_by_text(say("You chose: %(words)s", words=say("Not satisfied")))).to_be_visible()
    page.get_by_role("textbox").fill(BROKEN)
    take_pictures(page, "survey")
    page.wait_for_timeout(THANKS_TO_A_PERSON_MS)
    press(page, "Confirm: %(words)s", words=say("Not satisfied"))
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Thank you for your answer"))
    take_pictures(page, "survey-thanks")


def write_reply(page: Page, text: str) -> None:
    page.get_by_label(say("Your text")).fill(text)
    press(page, "Send to %(name)s", name="Claire")


def write_note(page: Page) -> None:
    page.locator("label", has_text=say("Internal note")).click()
    page.get_by_label(say("Your text")).fill(NOTE)
    take_pictures(page, "ticket-note")
    press(page, "Add the note")
    expect(page.get_by_text(NOTE)).to_be_visible()


def solve(page: Page) -> None:
    page.get_by_role("link", name=say("Solve")).or_(
        page.get_by_role("button", name=say("Solve"))
    ).first.click()
    reasons = page.locator("button[name=reason]")
    if reasons.count():
        take_pictures(page, "solve")
        reasons.first.click()
    expect(page.get_by_role("button", name=say("Reopen"))).to_be_visible()


def test_main_job_by_clicks(installation: Installation, open_page: OpenPage) -> None:
    caller = Caller(installation)
    caller.move_to(NOON)
    who = caller.deliver("claire")
    agent = enter(open_page(), installation, "agent")
    agent.get_by_role("button", name=say("+7 days")).click()
    customer = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    answer_unhappily(customer, installation, who)

    agent.goto(f"{installation.base_url}/inbox/")
    reload_until(agent, "Claire Durand")
    row = agent.locator("[data-row]", has_text="Claire Durand")
    expect(row).to_be_visible()
    take_pictures(agent, "inbox")
    row.get_by_role("link").first.click()
    expect(agent.get_by_text(BROKEN).first).to_be_visible()
    expect(agent.locator("#customer-card").get_by_text("Claire Durand").first).to_be_visible()
    take_pictures(agent, "ticket")

    write_reply(agent, "Trop vite")
    expect(agent.locator(".toast")).to_be_visible()
    take_pictures(agent, "ticket-undo")
    press(agent, "Undo sending")
    expect(agent.get_by_label(say("Your text"))).to_have_value("Trop vite")
    write_note(agent)
    agent.locator(".modes label").first.click()
    write_reply(agent, REPLY)
    expect(agent.get_by_text(REPLY).first).to_be_visible()

    open_mail(customer, installation, who, "Enquête de satisfaction")
    expect(customer.frame_locator("iframe.demo-mail").get_by_text("une lampe neuve")).to_be_visible()
    take_pictures(customer, "mail-reply")
    customer.get_by_label(say("Your text")).fill(ANSWER)
    press(customer, "Send the answer")
    reload_until(agent, ANSWER)
    take_pictures(agent, "ticket-answered")
    solve(agent)

    manager = enter(open_page(), installation, "manager")
    follow(manager, "Statistics")
    follow(manager, "Response times")
    expect(manager.get_by_role("heading", level=1)).to_have_text(say("Response times"))
    expect(manager.get_by_role("rowheader", name=say("Survey answer"), exact=True)).to_be_visible()
    take_pictures(manager, "statistics")
