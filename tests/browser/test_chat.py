"""The chat by clicks: a visitor writes on the shop's page, the agent is told at once, answers, and the visitor reads it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import DESK, enter, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import NARROW
from tests.flows.test_main_job import NOON, Caller
from tests.running import axe
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
AT_ONCE_MS = 6_000  # without live events a list is looked at every 20 s, the widget every 4 s


def violations(page: Page) -> list[str]:
    return [f"{each['id']}: {node['html'][:200]}" for each in axe.violations(page) for node in each["nodes"]]


def open_widget(page: Page) -> None:
    page.get_by_role("button", name="Nous écrire").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_label(say("Your message"))).to_be_focused()


def write(page: Page, text: str) -> None:
    page.get_by_label(say("Your message")).fill(text)
    page.keyboard.press("Enter")


def test_a_chat_by_clicks(installation: Installation, open_page: OpenPage) -> None:
    Caller(installation).move_to(NOON)
    installation.forget_who_was_there()
    shop = f"{installation.base_url}/demo/shop?store=lyon-part-dieu"
    visitor = open_page(viewport=NARROW)
    visitor.goto(shop)
    open_widget(visitor)
    expect(visitor.get_by_role("button", name=say("Leave the message"))).to_be_visible()
    assert violations(visitor) == []
    visitor.keyboard.press("Escape")
    expect(visitor.get_by_role("button", name="Nous écrire")).to_be_focused()

    agent = enter(open_page(), installation, "agent")
    agent.goto(f"{installation.base_url}/session/profile")
    agent.get_by_label(say("Play a short tone when a customer begins to wait")).check()
    press(agent, "Save")
    agent.goto(f"{installation.base_url}/inbox/")
    agent.evaluate("document.addEventListener('sounded', () => { document.body.dataset.sounded = 'yes' })")
    agent.locator("h1").click()  # a page may sound once it was touched
    first_row = agent.locator("[data-row]").first
    place = first_row.bounding_box()
    agent.wait_for_timeout(1500)  # the stream opens
    visitor.reload()
    open_widget(visitor)
    visitor.get_by_label(say("Your name (optional)")).fill("Anne Morel")
    write(visitor, "Avez-vous la lampe Aurore ?")
    expect(visitor.get_by_role("log").get_by_text("la lampe Aurore")).to_be_visible()
    bar = agent.get_by_role("button", name="1 nouveau")
    expect(bar).to_be_visible(timeout=AT_ONCE_MS)
    assert first_row.bounding_box() == place, "Rows move under the pointer."
    expect(agent.locator("body[data-sounded]")).to_be_attached(timeout=AT_ONCE_MS)
    assert agent.title().startswith("(")
    take_pictures(agent, "inbox-new")
    bar.click()
    agent.locator("[data-row]", has_text="Anne Morel").get_by_role("link").first.click()
    expect(agent.get_by_text("Le visiteur est là")).to_be_visible()
    write(visitor, "En bleu, si possible.")
    expect(agent.locator("#thread").get_by_text("En bleu")).to_be_visible(timeout=AT_ONCE_MS)
    agent.get_by_label(say("Your text")).fill("Oui, il en reste deux.")
    press(agent, "Send to %(name)s", name="Anne")
    expect(agent.locator("#thread").get_by_text("il en reste deux")).to_be_visible()
    expect(visitor.get_by_role("log").get_by_text("il en reste deux")).to_be_visible(timeout=AT_ONCE_MS)
    take_pictures(agent, "ticket-chat")
    assert violations(agent) == []
    assert violations(visitor) == []
    visitor.set_viewport_size(DESK)  # type: ignore[arg-type]
    take_pictures(visitor, "chat")
    visitor.get_by_role("button", name=say("End the chat")).click()
    expect(agent.get_by_text(say("The visitor has ended the chat")).first).to_be_visible(timeout=AT_ONCE_MS)
