"""Half of an agent's half hour: reply with a standard reply, collide, merge, undo, snooze, transfer; then by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import enter, follow, press, press_shortcut, say
from tests.browser.conftest import OpenPage
from tests.browser.test_keyboard import tab_to
from tests.flows.test_main_job import Caller
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
PDF = {"name": "facture.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + bytes(600)}


def write_twice(caller: Caller, name: str) -> tuple[str, str]:
    """Two contacts of one customer to Lyon; their ticket numbers."""
    numbers = []
    for text in ("Mon vase est ébréché.", "Et quand rouvre l’atelier ?"):
        body = {
            "channel": "form",
            "store": "LYO",
            "email": f"{name.lower()}@client.example",
            "name": f"{name} Sorel",
            "subject": text,
            "text": text,
        }
        status, found = caller.api("POST", "/contacts", body)
        assert status in {200, 201, 202}, found
        numbers.append(str(found["ticket"]))
    return numbers[0], numbers[1]


def see_event(page: Page, words: str, /, **values: object) -> None:
    expect(page.locator("#thread").get_by_text(say(words, **values)).first).to_be_visible()


def complete(page: Page) -> None:
    """Write what the standard reply leaves to be completed; else it does not leave."""
    answer = page.get_by_label(say("Your text"))
    answer.fill(re.sub(r"\[[^\]]*\]", "A-1", answer.input_value()))


def test_by_mouse(installation: Installation, open_page: OpenPage) -> None:
    first, second = write_twice(Caller(installation), "Olga")
    agent, colleague = (enter(open_page(), installation, who) for who in ("agent", "colleague"))
    for page in (agent, colleague):
        page.goto(f"{installation.base_url}/inbox/{first}")
    follow(agent, "Standard replies")
    agent.locator("[data-insert]").first.click()
    expect(agent.get_by_label(say("Your text"))).not_to_have_value("")
    complete(agent)
    agent.locator("input[type=file]").set_input_files([PDF])  # type: ignore[list-item]
    expect(agent.locator(".file-chip")).to_contain_text("facture.pdf")

    colleague.get_by_label(say("Your text")).fill("Je m’en occupe.")
    press(colleague, "Send to %(name)s", name="Olga")
    expect(colleague.locator(".msg-text", has_text="Je m’en occupe.")).to_be_visible()
    press(agent, "Send to %(name)s", name="Olga")
    expect(agent.get_by_role("heading", level=1)).to_have_text(say("Not sent yet"))
    expect(agent.get_by_text(say("With it: %(names)s", names="facture.pdf"))).to_be_visible()
    press(agent, "Send it as it is")
    expect(agent.locator(".msg-foot a", has_text="facture.pdf")).to_be_visible()

    agent.locator("label", has_text=say("Internal note")).click()
    agent.get_by_label(say("Your text")).press_sequentially("Vu avec @yv")
    expect(agent.locator("mention-picker").get_by_role("button", name="Yves Renard")).to_be_visible()
    agent.keyboard.press("Enter")
    expect(agent.get_by_label(say("Your text"))).to_have_value("Vu avec @Yves Renard ")
    press(agent, "Add the note")
    see_event(agent, "Told: %(names)s", names="Yves Renard")
    colleague.goto(f"{installation.base_url}/notices/")
    colleague.locator(".notice-open", has_text=first).first.click()
    expect(colleague).to_have_url(f"{installation.base_url}/inbox/{first}")

    agent.goto(f"{installation.base_url}/inbox/{second}/change")
    agent.locator("select[name=into]").select_option(first)
    press(agent, "Merge")
    expect(agent.get_by_text(say("%(number)s was merged into this ticket.", number=second))).to_be_visible()
    press(agent, "Take it out again")
    see_event(agent, "Taken out of %(number)s again", number=first)
    follow(agent, "Snooze")
    press(agent, "Tomorrow morning")
    expect(agent.get_by_role("button", name=say("Wake it now"))).to_be_visible()
    follow(agent, "More")
    agent.locator("select[name=store]").select_option(label="Lille")
    press(agent, "Move")
    expect(agent.get_by_text(say("The ticket has moved."))).to_be_visible()


def test_by_keyboard(installation: Installation, open_page: OpenPage) -> None:
    caller = Caller(installation)
    first, second = write_twice(caller, "Nora")
    more = {"from": "customer", "text": "Et une facture, s’il vous plaît."}
    assert caller.api("POST", f"/tickets/{first}/messages", more)[0] == 201
    page = enter(open_page(), installation, "keyboard")
    page.goto(f"{installation.base_url}/inbox/{first}")
    press_shortcut(page, "r")
    page.keyboard.type("Bonjour, nous le remplaçons.")
    answer = page.get_by_label(say("Your text"))
    for turn, words in (("ArrowRight", ""), ("ArrowLeft", "Bonjour, nous le remplaçons.")):
        page.keyboard.press("Shift+Tab")
        page.keyboard.press(turn)
        page.keyboard.press("Tab")
        expect(answer).to_have_value(words)
        page.keyboard.type("Cliente fidèle." if not words else "")
    page.reload()
    expect(answer).to_have_value("Bonjour, nous le remplaçons.")
    expect(page.locator("draft-box")).to_have_attribute("data-note", "Cliente fidèle.")
    press_shortcut(page, "r")
    tab_to(page, say("Send later"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Send later"))
    tab_to(page, say("Send at this moment"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=say("Do not send it"))).to_be_visible()
    press_shortcut(page, "s")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Until when?"))
    tab_to(page, say("Tomorrow morning"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=say("Wake it now"))).to_be_visible()
    press_shortcut(page, "m")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Change the ticket"))
    tab_to(page, second)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{installation.base_url}/inbox/{second}")
    tab_to(page, say("Take it out again"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{installation.base_url}/inbox/{first}")
    split_by_keyboard(page)


def split_by_keyboard(page: Page) -> None:
    """The customer asked for two things in one ticket: the second message becomes a ticket of its own."""
    press_shortcut(page, "m")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Change the ticket"))
    tab_to(page, say("Split off messages"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Split the ticket"))
    tab_to(page, "Et une facture", tag="INPUT")
    page.keyboard.press("Space")
    tab_to(page, say("Split off"))
    page.keyboard.press("Enter")
    expect(page.locator("#thread .msg-text", has_text="Et une facture")).to_be_visible()
    expect(page.locator("#thread .msg-text")).to_have_count(1)
