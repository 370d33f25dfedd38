"""A contact at the counter: noted on a phone, and on the store's tablet while the network is away."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.acting import PATIENCE_MS, PHONE, enter, follow, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.makers.counter import PIN
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
WORDS = "Cherche un abat-jour de rechange pour la lampe Aurore."


def test_contact_at_the_counter(installation: Installation, open_page: OpenPage) -> None:
    """The agent finds the customer by name, writes what was said, and the ticket stands in the list."""
    page = enter(open_page(viewport=PHONE, has_touch=True, is_mobile=True), installation, "agent")
    follow(page, "Note a contact")
    page.get_by_label(say("Known customer? Name, mail, phone or loyalty card")).fill("Haddad")
    press(page, "Search")
    page.get_by_role("link", name="Fatima Haddad").click()
    page.locator("textarea[name=text]").fill(WORDS)
    take_pictures(page, "counter")
    press(page, "Note the contact")
    expect(page.get_by_text(WORDS).first).to_be_visible()
    take_pictures(page, "counter-noted")
    smallest = page.evaluate(
        """() => [...document.querySelectorAll('main button, main a.btn, nav a, select')]
        .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 24)
        .filter(one => !one.matches('.visually-hidden[tabindex="-1"][aria-hidden="true"]'))  // for Enter
        .map(one => one.outerHTML)"""
    )
    assert smallest == []


TABLET = {"width": 768, "height": 1024}
LOSE_ONE_ANSWER = """(() => {
    const real = window.fetch;
    let is_lost = false;
    window.fetch = async (href, options) => {
        const answer = await real(href, options);
        if (options?.method !== "POST" || is_lost) return answer;
        is_lost = true;
        throw new TypeError("the acknowledgement is lost");
    };
})()"""
UNTIL_KEPT = """() => navigator.serviceWorker.controller ? true : new Promise((resolve) =>
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true), {once: true}))"""
DRAWER = """() => new Promise((resolve) => {
    const asked = indexedDB.open("comptoir-counter");
    asked.onsuccess = () => {
        const all = asked.result.transaction("entries").objectStore("entries").getAll();
        all.onsuccess = () => resolve(JSON.stringify(all.result));
    };
})"""


def note_at_counter(page: Page, text: str, *, mail: str, pin: str = PIN) -> None:
    page.locator("[name=email]").fill(mail)
    page.locator("[name=text]").fill(text)
    page.locator("[name=signer]").select_option(label="Ada Martin")
    page.locator("[name=pin]").fill(pin)
    press(page, "Note the contact")


def count_tickets(page: Page, at: Installation, word: str) -> int:
    page.goto(
        f'{at.base_url}/inbox/?q="{word}"&view=all'
    )  # the word itself: "Morez" is also a mistyped "Morel"
    return page.locator(".ticket-row").count()


def test_entries_survive_a_lost_network(installation: Installation, open_page: OpenPage) -> None:
    """A reload, a session that ends, an acknowledgement that is lost, a PIN mistyped: one ticket each all the same."""
    page = enter(open_page(viewport=TABLET, has_touch=True), installation, "agent")
    page.goto(f"{installation.base_url}/counter/")
    page.evaluate(UNTIL_KEPT)
    page.reload()
    note_at_counter(page, "Demande un essai du canapé Vesoul.", mail="vesoul@client.example")
    expect(page.locator("[data-told]")).to_contain_text("T-")

    once = page.locator("[name=key]").input_value()
    page.context.set_offline(True)
    note_at_counter(page, "Demande un devis pour Belfort.", mail="belfort@client.example")
    state = page.locator("[data-state]")
    expect(state).to_contain_text(say("Waiting to be sent: {count}").replace("{count}", "1"))
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lyon")
    expect(page.locator("[name=key]")).to_have_value(once)  # the page that was kept
    note_at_counter(page, "Cherche une housse Dole.", mail="dole@client.example", pin="1357")
    expect(state).to_contain_text(say("Waiting to be sent: {count}").replace("{count}", "2"))
    assert page.locator(".counter-entry").count() == 2
    take_pictures(page, "counter-offline")
    drawer = page.evaluate(DRAWER)
    assert "Belfort" in drawer
    assert PIN not in drawer
    assert '"1357"' not in drawer  # the random keys beside it may hold any four digits

    page.context.clear_cookies()
    page.add_init_script(LOSE_ONE_ANSWER)
    page.context.set_offline(False)
    expect(state).to_contain_text(say("Waiting to be sent: {count}").replace("{count}", "2"))
    follow(page, "Log in")
    page.locator("input[type=email]").fill(installation.logins["agent"])
    page.locator("input[type=password]").fill(installation.password)
    page.locator("main button").click()
    page.wait_for_url("**/counter/?store=*")
    expect(page.locator("[name=key]")).not_to_have_value(once)  # with a network it is the hub's
    expect(state).to_contain_text(say("Waiting to be sent: {count}").replace("{count}", "2"))
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(state).to_have_text(say("To be corrected: {count}").replace("{count}", "1"), timeout=PATIENCE_MS)
    expect(page.locator(".counter-entry")).to_contain_text(say("This PIN is not right. Please try again."))
    take_pictures(page, "counter-refused")
    press(page, "Correct")
    expect(page.locator("[name=text]")).to_have_value("Cherche une housse Dole.")
    press(page, "New entry")
    expect(page.locator("[name=text]")).to_have_value("")
    expect(page.get_by_role("button", name=say("New entry"))).to_be_hidden()
    press(page, "Correct")
    page.locator("[name=pin]").fill(PIN)
    press(page, "Note the contact")
    expect(page.locator("[data-told]")).to_contain_text("T-")
    expect(state).to_have_text(say("Everything is sent."))
    for word in ("Vesoul", "Belfort", "Dole"):
        assert count_tickets(page, installation, word) == 1


def open_counter(open_page: OpenPage, at: Installation) -> Page:
    """Without the page's worker, so that a test stands between the script and the hub."""
    page = enter(open_page(viewport=TABLET, has_touch=True, service_workers="block"), at, "agent")
    page.add_init_script("delete AbortSignal.timeout")  # as on iPadOS 15
    page.goto(f"{at.base_url}/counter/")
    return page


def test_a_refused_entry_is_not_overwritten(installation: Installation, open_page: OpenPage) -> None:
    """The next customer has a form of his own, and what was refused or has to wait holds nobody else up."""
    page = open_counter(open_page, installation)
    told, entries = page.locator("[data-told]"), page.locator(".counter-entry")
    note_at_counter(page, "Attend un rappel pour Arbois.", mail="arbois@client.example", pin="1357")
    expect(told).to_contain_text(say("This PIN is not right. Please try again."))
    expect(page.locator("[name=text]")).to_have_value("")
    error = {"code": "closed", "field": "pin", "message": "Patience."}

    def close_the_door(route: Route) -> None:
        is_closed = "Morez" in (route.request.post_data or "")
        route.fulfill(status=429, body=json.dumps({"error": error})) if is_closed else route.fallback()

    page.route("**/counter/", close_the_door)
    note_at_counter(page, "Demande un catalogue pour Morez.", mail="morez@client.example")
    expect(told).to_contain_text("Patience.")
    note_at_counter(page, "Demande une facture pour Poligny.", mail="poligny@client.example")
    expect(told).to_contain_text("T-")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("Arbois")
    expect(entries.last).to_contain_text("Morez")
    assert [count_tickets(page, installation, word) for word in ("Arbois", "Morez", "Poligny")] == [0, 0, 1]


def test_a_dead_network_does_not_hold_the_form(installation: Installation, open_page: OpenPage) -> None:
    """The form is free at once, and what was typed meanwhile is still there when the answer comes."""
    page = open_counter(open_page, installation)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/counter/token", hold, times=1)
    note_at_counter(page, "Demande un essai à Nozeroy.", mail="nozeroy@client.example")
    text = page.locator("[name=text]")
    expect(text).to_have_value("")
    expect(page.locator("[data-told]")).to_have_text(say("Sending…"))
    text.fill("Cherche un pied pour Salins.")
    held[0].continue_()
    expect(page.locator("[data-told]")).to_contain_text("T-")
    expect(text).to_have_value("Cherche un pied pour Salins.")
    note_at_counter(page, "Cherche un pied pour Salins.", mail="salins@client.example")
    expect(page.locator("[data-told]")).to_contain_text("T-")
    assert [count_tickets(page, installation, word) for word in ("Nozeroy", "Salins")] == [1, 1]
