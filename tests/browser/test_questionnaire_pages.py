"""Every kind of question on one page, in four looks: nothing that axe finds, names that are read, targets, a ranking by keyboard."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.acting import THANKS_TO_A_PERSON_MS, enter, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import MODES, NARROW, Inspector
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
MAKE = """
import os
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from hub.core.signing import use_key
from tests.makers import questionnaires as made
use_key(os.environ["SECRET_KEY"])
told = made.document({"key": "all", "questions": [*made.SCORES, *made.PICKS, *made.TOLD, *made.REST]})
with Session(create_engine(os.environ["DATABASE_URL"])) as session:
    published = made.make_questionnaire(session, told, key="browser")
    print(made.make_link(session, published, most_a_day=999)[1], published.id)
    session.commit()
"""


def make_in(at: Installation) -> tuple[str, int]:
    """The address of an open link, signed with the installation's key, and the questionnaire's id."""
    environ = {**os.environ, **at.environ}
    told = subprocess.run(
        [sys.executable, "-c", MAKE], env=environ, capture_output=True, text=True, check=True
    )
    token, number = told.stdout.split()
    return f"{at.base_url}/q/{token}", int(number)


def test_every_kind_is_reached_read_and_answered(installation: Installation, open_page: OpenPage) -> None:
    link, number = make_in(installation)
    inspector = Inspector({name: open_page(**options) for name, options in MODES})
    inspector.look(link)
    reader = open_page(viewport=NARROW)
    reader.goto(link)
    reader.wait_for_timeout(THANKS_TO_A_PERSON_MS)
    press(reader, "Begin")
    address = reader.url
    for page in inspector.pages.values():
        page.goto(address)
        inspector.check(page, address)
    take_pictures(reader, "questionnaire-page")
    scale = reader.get_by_role("group", name="Êtes-vous satisfait")
    expect(scale.get_by_role("radio", name="1 – Pas du tout")).to_be_visible()
    for target in reader.locator(
        "main :is(label:has(input[type=radio], input[type=checkbox]), button, select, summary)"
    ).all():
        box = target.bounding_box() or {"width": 0, "height": 0}
        assert min(box["width"], box["height"]) >= 24, target.inner_text()
    reader.wait_for_timeout(THANKS_TO_A_PERSON_MS)
    press(reader, "Send my answers")
    expect(reader.get_by_role("alert")).to_be_visible()
    inspector.check(reader, "after an answer that is missing")
    reader.get_by_role("alert").get_by_role("link").first.click()
    expect(scale.get_by_role("radio").first).to_be_focused()
    reader.keyboard.press("Space")
    reader.get_by_role("radio", name="À pied").check()
    up = reader.get_by_role("button", name=f"{say('Move up')} : Trouver")
    up.focus()
    reader.keyboard.press("Enter")
    reader.keyboard.press("Enter")
    expect(up).to_be_focused()
    assert reader.locator("[name='ranking.find']").input_value() == "1"
    reader.wait_for_timeout(THANKS_TO_A_PERSON_MS)
    press(reader, "Send my answers")
    expect(reader.get_by_text("Merci de votre réponse.")).to_be_visible()
    inspector.check(reader, "the thanks")
    marketer = enter(open_page(), installation, "administrator")
    for path in ("links/posters", "links"):
        marketer.goto(f"{installation.base_url}/questionnaires/{number}/{path}")
        inspector.check(marketer, path)
    take_pictures(marketer, "questionnaire-links")
    assert inspector.found == []
