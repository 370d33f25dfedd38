"""What the small elements do, pressed and typed as a person would, under the real content policy."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Response, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(
        viewport={"width": 1366, "height": 800}, permissions=["clipboard-read", "clipboard-write"]
    ) as context:
        context.set_default_timeout(8000)
        found = context.new_page()
        yield found
        found.goto("about:blank")  # a draft on its way is let go before the window closes


def test_a_draft_is_kept_on_the_server_one_second_after_typing(
    page: Page, address: str, gallery: Flask
) -> None:
    gallery.config["DRAFTS"].clear()
    page.goto(f"{address}/ticket")
    page.locator("#reply").press_sequentially("Bonjour")
    expect(page.locator("[data-draft-state]")).to_have_text("Brouillon enregistré")
    assert gallery.config["DRAFTS"] == ["Bonjour"]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_note_mode_changes_what_the_button_says(page: Page, address: str) -> None:
    page.goto(f"{address}/ticket")
    send = page.locator(".composer .btn-main")
    expect(send).to_have_text("Envoyer à Anne")
    page.get_by_text("Note interne", exact=True).click()
    expect(send).to_have_text("Ajouter la note")


def test_a_slash_opens_the_standard_replies_and_one_is_inserted(page: Page, address: str) -> None:
    page.goto(f"{address}/ticket")
    page.locator("#reply").press_sequentially("Bonjour /")
    page.locator("#replies").get_by_role("button", name="Échange").click()
    expect(page.locator("#reply")).to_have_value("Bonjour Vous pouvez l’échanger en magasin.")
    expect(page.locator("#replies")).to_be_hidden()


def test_a_slash_inside_a_word_is_a_slash(page: Page, address: str) -> None:
    page.goto(f"{address}/ticket")
    page.locator("#reply").press_sequentially("et/ou")
    expect(page.locator("#reply")).to_have_value("et/ou")


def test_ctrl_enter_sends(page: Page, address: str) -> None:
    page.goto(f"{address}/ticket")
    page.locator("#reply").fill("Bonjour")
    posted: list[str] = []
    page.on("request", lambda asked: posted.append(asked.post_data or "") if asked.method == "POST" else None)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply")).to_have_value("")
    assert "mode=reply&text=Bonjour" in posted


def test_the_palette_finds_pages_and_asks_the_server(page: Page, address: str) -> None:
    page.goto(f"{address}/ticket")
    page.keyboard.press("Control+k")
    page.keyboard.type("reglag")
    expect(page.get_by_role("option", name="Réglages")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("option", name="Ticket reglag")).to_be_visible()
    page.get_by_role("option", name="Réglages").click()
    expect(page).to_have_url(f"{address}/form")


def test_letters_move_through_the_list_and_open_the_reply(page: Page, address: str) -> None:
    page.goto(f"{address}/inbox")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Mehdi Benali")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/ticket")
    page.wait_for_load_state("load")  # a letter typed before the script is there is nobody's
    page.keyboard.press("n")
    expect(page.locator("#reply")).to_be_focused()
    expect(page.locator(".composer")).to_have_attribute("data-mode", "note")


def test_shortcuts_can_be_switched_off_and_listed(page: Page, address: str) -> None:
    page.goto(f"{address}/inbox")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("document.body.dataset.shortcuts = 'off'")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_hidden()


def test_new_tickets_are_announced_and_rows_stay_where_they_are(page: Page, address: str) -> None:
    page.goto(f"{address}/inbox")
    rows = page.locator("[data-row]").count()
    expect(page.get_by_role("button", name="3 nouveaux")).to_be_visible()
    assert page.locator("[data-row]").count() == rows


def test_presence_is_a_name(page: Page, address: str) -> None:
    page.goto(f"{address}/ticket")
    expect(page.locator("[data-presence]")).to_have_text("Bo Marchand écrit")


def test_the_undo_goes_away_when_the_time_is_over(page: Page, address: str) -> None:
    page.goto(f"{address}/ticket")
    expect(page.locator("[data-left]")).to_have_text(re.compile("[123]"))
    expect(page.locator(".toast")).to_have_count(0)


def test_a_dialog_opens_over_the_page_and_its_link_works_without_script(
    browser: Browser, address: str
) -> None:
    for has_script in (True, False):
        with browser.new_context(java_script_enabled=has_script) as context:
            page = context.new_page()
            page.goto(f"{address}/parts")
            page.get_by_role("link", name="Ajouter une note").click()
            if has_script:
                expect(page.locator("#note")).to_be_visible()
            else:
                expect(page).to_have_url(f"{address}/form")


def test_the_customer_card_is_a_drawer_when_narrow_without_script(browser: Browser, address: str) -> None:
    with browser.new_context(viewport={"width": 1000, "height": 800}, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/ticket")
        expect(page.locator("#customer-card")).to_be_hidden()
        page.get_by_role("button", name="Cliente", exact=True).click()
        expect(page.locator("#customer-card")).to_be_visible()
        page.locator("#customer-card").get_by_role("button", name="Fermer").click()
        expect(page.locator("#customer-card")).to_be_hidden()


def test_a_public_page_is_light_and_has_no_script(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright cannot mark a built-in
        page.goto(f"{address}/survey", wait_until="networkidle")
        assert page.locator("script").count() == 0
        assert sum(len(answer.body()) for answer in answers) < 20_000


def test_the_copied_text_is_said(page: Page, address: str) -> None:
    page.goto(f"{address}/parts")
    page.get_by_role("button", name="Copier le lien").click()
    expect(page.get_by_role("button", name="Copié")).to_be_visible()
