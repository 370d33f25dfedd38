"""Without a mouse: from the log-in to a sent reply, and the survey page from its first box to the thanks."""

import re

import pytest
from playwright.sync_api import Page, expect

from hub.core.words import Language
from hub.surveys.words import TOPIC_WORDS
from tests.browser.acting import PATIENCE_MS, THANKS_TO_A_PERSON_MS, press_shortcut, say
from tests.browser.conftest import OpenPage
from tests.flows.test_main_job import NOT_SATISFIED, Caller, soon
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
MOST_TABS = 60
FOCUSED = """() => { const one = document.activeElement, box = one.getBoundingClientRect();
  const has_ring = (who) => { const style = who && getComputedStyle(who);
    return who && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1; };
  return {name: (one.getAttribute('aria-label') || one.innerText || one.labels?.[0]?.innerText || one.name || '').trim(),
          ring: Boolean(has_ring(one) || has_ring(one.closest('li, label'))),
          seen: box.bottom > 0 && box.top < innerHeight, tag: one.tagName, id: one.id}; }"""


def tab_to(page: Page, words: str, *, tag: str = "") -> None:
    """Press Tab until this (this tag of two) is focused. Every stop is visible and shows that it has the focus."""
    stops = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["tag"] == "BODY":
            continue
        stops.append(stop["name"][:40])
        assert stop["ring"], f"no focus ring on {stop}"
        assert stop["seen"], f"focus out of sight on {stop}"
        if words in stop["name"] and tag in ("", stop["tag"]):
            return
    pytest.fail(f"“{words}” is not reached by Tab; passed: {stops}")


def test_from_log_in_to_reply(installation: Installation, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(f"{installation.base_url}/session/sign-in")
    expect(page.get_by_label(say("Mail address"))).to_be_focused()
    page.keyboard.type(installation.logins["keyboard"])
    page.keyboard.press("Tab")
    page.keyboard.type(installation.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/**", timeout=PATIENCE_MS)
    tab_to(page, say("Skip to the content"))
    page.keyboard.press("Enter")
    tab_to(page, "Emil Roux", tag="INPUT")  # the box that ticks the row
    tab_to(page, "Emil Roux", tag="A")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Délai de livraison")
    press_shortcut(page, "r")
    expect(page.get_by_label(say("Your text"))).to_be_focused()
    page.keyboard.type("Bonjour, elle arrive demain avant midi.")
    tab_to(page, say("Send to %(name)s", name="Emil"))
    page.keyboard.press("Enter")
    expect(page.locator(".msg-text", has_text="elle arrive demain")).to_be_visible()
    tab_to(page, say("Undo sending"))
    press_shortcut(page, "Control+k")
    expect(page.get_by_role("combobox", name=say("Go to or do"))).to_be_focused()
    page.keyboard.press("Escape")


def test_survey(installation: Installation, open_page: OpenPage) -> None:
    caller = Caller(installation)
    who = caller.deliver("claviers")
    caller.move_clock("7d")
    page = open_page(java_script_enabled=True)
    page.goto(next(link for link in caller.survey_links(who) if link.endswith(f"/{NOT_SATISFIED}")))
    tab_to(page, say("A word to add (optional)"))
    page.keyboard.type("Rien à dire du vendeur.")
    page.wait_for_timeout(THANKS_TO_A_PERSON_MS)
    tab_to(page, say("Confirm: %(words)s", words=say("Not satisfied")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Thank you for your answer"))
    tab_to(page, TOPIC_WORDS[Language.FRENCH]["product"])
    page.keyboard.press("Space")
    tab_to(page, say("Send these details"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()


def test_survey_without_script(installation: Installation, open_page: OpenPage) -> None:
    caller = Caller(installation)
    who = caller.deliver("sansscript")
    caller.move_clock("7d")
    page = open_page(java_script_enabled=False)
    page.goto(next(link for link in caller.survey_links(who) if link.endswith("/3")))
    page.wait_for_timeout(THANKS_TO_A_PERSON_MS)
    page.get_by_role("button", name=say("Confirm: %(words)s", words=say("Very satisfied"))).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Thank you for your answer"))


def solve(caller: Caller, who: str, at: Installation) -> None:
    """A question of this customer is answered by a person and solved."""
    body = {
        "channel": "form",
        "store": "LYO",
        "email": who,
        "name": "Lise Aubry",
        "subject": "Vase",
        "text": "Un vase ?",
    }
    status, found = caller.api("POST", "/contacts", body)
    assert status in {200, 201, 202}, found
    told = {"from": "agent", "agent": at.logins["agent"], "text": "Bonjour, le voici."}
    status, answer = caller.api("POST", f"/tickets/{found['ticket']}/messages", told)
    assert status == 201, answer
    status, answer = caller.api(
        "PATCH", f"/tickets/{found['ticket']}", {"state": "solved", "reason": "other"}
    )
    assert status == 200, answer


def test_the_mail_of_a_solved_ticket_is_rated(installation: Installation, open_page: OpenPage) -> None:
    caller, who = Caller(installation), "lise@client.example"
    solve(caller, who, installation)
    caller.move_clock("1d")

    def find_link() -> str | None:
        links = (link for mail in caller.mails(who) for link in mail["links"])
        return next((link for link in links if re.search(r"/contact/r/[^/]+/3$", link)), None)

    page = open_page()
    page.goto(soon(find_link, f"The question after the solved ticket: {caller.mails(who)}"))
    tab_to(page, say("A word to add (optional)"))
    page.keyboard.type("Très claire, merci.")
    page.wait_for_timeout(THANKS_TO_A_PERSON_MS)
    tab_to(page, say("Confirm: %(words)s", words=say("Very satisfied")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(
        say("Your answer: %(words)s", words=say("Very satisfied"))
    )
    tab_to(page, say("Change your answer"))
