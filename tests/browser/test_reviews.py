"""A customer reviews a product on a phone without script, somebody of the staff reads and publishes it, a visitor sees it."""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.acting import enter, press, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import MODES, NARROW, Inspector
from tests.flows.test_main_job import Caller
from tests.reviews.pictures import a_png
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
SIGN = """
import os, psycopg
from datetime import UTC, datetime
from hub.core.signing import use_key
from hub.reviews.links import token_of
use_key(os.environ["SECRET_KEY"])
with psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", "")) as connection:
    [order_id] = connection.execute("SELECT id FROM orders WHERE external_id = 'W-evaluatrice'").fetchone()
print(token_of(order_id, now=datetime(2028, 1, 1, tzinfo=UTC)))
"""
WORDS = "Jolie, mais le pied bouge un peu."


def link_of(at: Installation) -> str:
    """Of an order that was just handed over, as its mail would carry it: signed with the installation's key, which is not this process's."""
    Caller(at).deliver("evaluatrice")
    environ = {**os.environ, **at.environ}
    told = subprocess.run(
        [sys.executable, "-c", SIGN], env=environ, capture_output=True, text=True, check=True
    )
    return f"{at.base_url}/r/{told.stdout.strip()}"


def test_from_the_link_to_the_published_review(installation: Installation, open_page: OpenPage) -> None:
    inspector = Inspector({name: open_page(**options) for name, options in MODES})
    link = link_of(installation)
    customer = open_page(viewport=NARROW, java_script_enabled=False)
    customer.goto(link)
    product = customer.get_by_role("heading", level=1).inner_text()
    take_pictures(customer, "review-form")
    for box in customer.locator("label.choice-tall").all():
        assert (box.bounding_box() or {"height": 0})["height"] >= 44
    stars = customer.get_by_role("group", name=say("How many stars do you give it?"))
    stars.get_by_label(say("3 stars: fair")).check()
    customer.locator("textarea[name=words]").fill(WORDS)
    customer.locator("input[name=photos]").set_input_files(
        {"name": "lampe.png", "mimeType": "image/png", "buffer": a_png()}
    )
    customer.wait_for_timeout(1_100)  # the page wants to be read for a second
    press(customer, "Send my review")
    expect(customer.get_by_role("heading", level=1)).to_have_text(say("Thank you for your review"))
    take_pictures(customer, "review-thanks")
    staff = enter(open_page(), installation, "administrator")
    staff.goto(f"{installation.base_url}/reviews/")
    take_pictures(staff, "review-queue")
    staff.get_by_role("row").filter(has_text=WORDS[:20]).get_by_role("link", name=product).click()
    take_pictures(staff, "review-page")
    review = staff.url
    press(staff, "Publish as it is")
    expect(staff.get_by_text(say("The review is published."))).to_be_visible()
    sku = staff.evaluate("document.querySelector('[data-sku]').dataset.sku")
    visitor = open_page(viewport=NARROW, java_script_enabled=False)
    visitor.goto(f"{installation.base_url}/shop/reviews/{sku}")
    expect(visitor.get_by_text(WORDS)).to_be_visible()
    take_pictures(visitor, "review-public")
    for path in (
        link,
        f"{link}/thanks",
        f"{installation.base_url}/shop/reviews/{sku}",
        f"{installation.base_url}/shop/reviews/{sku}?lang=en",
        f"{installation.base_url}/shop/embed/reviews/{sku}",
        f"{installation.base_url}/shop/review-policy",
    ):
        inspector.look(path)
    assert inspector.found == []
    for page in inspector.pages.values():
        page.context.add_cookies(staff.context.cookies())  # type: ignore[arg-type]
    for path in (
        review,
        f"{installation.base_url}/reviews/?state=all",
        f"{installation.base_url}/reviews/points",
    ):
        inspector.look(path)
    assert inspector.found == []
