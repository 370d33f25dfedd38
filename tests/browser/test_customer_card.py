"""A full card of a customer on three widths: the standing first, explained by a click, a note added; nothing for axe to say."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from tests.browser.acting import PICTURES, enter, press, say
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import Inspector
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
FILLING = (
    """INSERT INTO customer_scores (customer_id, stage, churn_points, churn_why, computed_at)
    VALUES (1, 'new', 0, '[]', now()) ON CONFLICT DO NOTHING""",
    """INSERT INTO baskets (external_id, customer_id, state, total_cents, currency, event_key, touched_at, created_at)
    VALUES ('B-1', 1, 'open', 17800, 'EUR', '1', now(), now()) ON CONFLICT DO NOTHING""",
    """INSERT INTO basket_lines (basket_id, position, sku, name, quantity, unit_price_cents)
    SELECT id, 1, 'L-1', 'Lampe Aube', 2, 8900 FROM baskets WHERE external_id = 'B-1' ON CONFLICT DO NOTHING""",
)


def fill(at: Installation) -> None:
    """What a night and a shop would have told of the first customer."""
    engine = create_engine(at.environ["DATABASE_URL"])
    with engine.begin() as connection:
        for statement in FILLING:
            connection.execute(text(statement))
    engine.dispose()


def look(page: Page, url: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(url)
    risk = page.locator("summary", has_text=say("Churn risk: %(points)s", points="").strip())
    value = page.get_by_text(say("Value so far"))
    history = page.get_by_role("heading", name=say("What happened"))
    place = [each.bounding_box() for each in (value, risk, history)]
    tops = [box["y"] for box in place if box]
    assert tops == sorted(tops), "the standing before what happened"
    risk.click()
    explained = page.locator("details", has=risk)
    expect(explained.locator("li, p").first).to_be_visible()  # a night may have counted anew meanwhile
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"card-{width}.png", full_page=True)


def test_the_card_on_three_widths(installation: Installation, open_page: OpenPage) -> None:
    fill(installation)
    page = enter(open_page(), installation, "administrator")
    inspector = Inspector({"card": page})
    url = f"{installation.base_url}/customers/1"
    for width in (1366, 820, 390):
        look(page, url, width)
        inspector.check(page, f"card at {width}")
    assert inspector.found == []
    page.get_by_label(say("What colleagues should know of this customer")).fill("Préfère le matin.")
    press(page, "Add the note")
    expect(page.locator("#notes").get_by_text("Préfère le matin.")).to_be_visible()
    press(page, "Take away")
    expect(page.locator("#notes").get_by_text("Préfère le matin.")).to_have_count(0)
