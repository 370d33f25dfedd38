"""A questionnaire from building to report: published, sent to a segment, answered on a phone from the mail, read in its results."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import (
    PATIENCE_MS,
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
from tests.browser.test_every_page import MODES, Inspector
from tests.browser.test_plan_whole_way import _pass
from tests.flows.test_main_job import Caller
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
NAME = "Visite en magasin, printemps"
WHO = "avril@client.example"
MAKE = """
from hub.app import create_app
from hub.core import clock
from hub.core.actor import SYSTEM
from hub.core.db import transaction
from hub.segments.saved.actions import save_segment
from hub.segments.saved.loading import open_tree
from hub.segments.saved.rows import Draft
from hub.segments.words import SegmentKind
part = {"field": "customer.name", "test": "contains", "value": ["Avril"]}
with create_app().app_context(), transaction():
    root = open_tree({"version": 1, "root": {"match": "all", "parts": [part]}})
    save_segment(Draft("Avril", "", SegmentKind.LIVE, root), by=SYSTEM, now=clock.business_now())
"""


def test_from_building_to_report(installation: Installation, open_page: OpenPage) -> None:
    _make_people(installation)
    page = open_page()
    enter(page, installation, "administrator")
    page.goto(f"{installation.base_url}/questionnaires/new")
    page.get_by_label(say("Name"), exact=True).fill(NAME)
    page.get_by_label(say("Begin with")).select_option("store_visit")
    press(page, "Begin the questionnaire")
    base = page.url.partition("/edit")[0]
    page.goto(f"{base}/publish")
    press(page, "Publish")
    expect(page.locator(".flash-ok")).to_contain_text("version 1")
    foreseen = _send(page, base)
    _answer(open_page(viewport=PHONE), installation)
    page.goto(f"{base}/results")
    reload_until(page, say("Filled in to the end"))
    expect(page.get_by_role("table", name=say("Response rate by sending"))).to_contain_text("Avril")
    take_pictures(page, "questionnaire-results")
    wave = _look_at_sending(page, base)
    inspector = Inspector({name: open_page(**options) for name, options in MODES})
    for each in inspector.pages.values():
        enter(each, installation, "administrator")
    for url in (
        f"{base}/results",
        f"{base}/comments",
        f"{base}/invitations",
        foreseen,
        wave,
    ):
        inspector.look(url)
    assert inspector.found == []


def _make_people(at: Installation) -> None:
    """One customer, by an order of his, and the segment he is alone in."""
    caller = Caller(at)
    now = caller.move_clock("1m")
    order = {
        "external_id": "AVRIL-1",
        "store": "LYO",
        "customer": {"email": WHO, "title": "Mme", "first_name": "Avril", "last_name": "CAMPAGNE"},
        "placed_at": (now - timedelta(minutes=2)).isoformat(),
        "updated_at": now.isoformat(),
        "state": "placed",
        "total_cents": 5000,
        "currency": "EUR",
        "lines": [{"sku": "A", "name": "Lampe", "quantity": 1, "unit_price_cents": 5000}],
    }
    status, answer = caller.api("POST", "/orders", order)
    assert status in {200, 201}, answer
    subprocess.run([sys.executable, "-c", MAKE], env={**os.environ, **at.environ}, check=True)


def _send(page: Page, base: str) -> str:
    """By keyboard; nothing leaves before it was foreseen. Where it was foreseen."""
    page.goto(f"{base}/invitations")
    follow(page, "Send to a segment")
    page.get_by_label(say("Segment"), exact=True).select_option(label="Avril")
    page.get_by_role("button", name=say("Foresee"), exact=True).press("Enter")
    expect(page.locator("#foreseen")).to_be_visible()
    take_pictures(page, "questionnaire-foreseen")
    foreseen = page.url
    one = say("Send to %(people)s", people="1 personne")
    page.get_by_role("button", name=one, exact=True).press("Enter")
    expect(page.locator(".flash-ok")).to_be_visible()
    return foreseen


def _answer(page: Page, at: Installation) -> None:
    """From the mail, which waits for the morning, on a phone, until the thanks."""
    caller = Caller(at)
    page.wait_for_timeout(THANKS_TO_A_PERSON_MS)
    _pass(caller, lambda: any("avis" in each["subject"] for each in caller.mails(WHO)))
    open_mail(page, at, WHO, "avis")
    link = page.locator("details a[href*='/q/']").first.get_attribute("href")
    page.goto(str(link))
    page.wait_for_timeout(THANKS_TO_A_PERSON_MS)
    press(page, "Begin")
    for _ in range(12):
        if page.get_by_text("Merci d’avoir pris").count():
            break
        _fill(page)
        page.wait_for_timeout(THANKS_TO_A_PERSON_MS)
        page.locator("main form .btn-main").click()
        page.wait_for_load_state()
    expect(page.get_by_text("Merci d’avoir pris")).to_be_visible(timeout=PATIENCE_MS)


def _fill(page: Page) -> None:
    """The last of each scale or list, a word where words are asked."""
    for group in page.locator("main fieldset").all():
        marks = group.locator("input[type=radio]")
        if marks.count():
            marks.last.check()
    for field in page.locator("main textarea").all():
        field.fill("Accueil souriant, un peu d’attente en caisse.")


def _look_at_sending(page: Page, base: str) -> str:
    page.goto(f"{base}/invitations")
    expect(page.get_by_role("table", name=say("Sendings"))).to_contain_text("100")
    take_pictures(page, "questionnaire-invitations")
    follow_to = page.get_by_role("link", name="Avril").get_attribute("href")
    return base.partition("/questionnaires/")[0] + str(follow_to)
