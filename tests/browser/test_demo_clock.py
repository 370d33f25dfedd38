"""A long way of the demo's clock by clicks: the page says how far it is, looks again by itself and leads back."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect
from sqlalchemy import NullPool, create_engine, text

from hub.demo.moving import LOCK
from tests.browser.acting import PATIENCE_MS, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.running.axe import violations
from tests.running.installation import Installation

pytestmark = pytest.mark.browser


def test_the_page_of_a_long_way_leads_back(installation: Installation, open_page: OpenPage) -> None:
    """Whoever holds the lock of the clock moves it: here for some seconds, and nowhere."""
    back, page = "/demo/write", open_page()
    page.goto(f"{installation.base_url}{back}")
    now = datetime.fromisoformat(page.request.get(f"{installation.base_url}/demo/clock").json()["now"])
    engine = create_engine(installation.environ["DATABASE_URL"], poolclass=NullPool)
    with engine.connect() as walk:
        walk.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        page.get_by_role("button", name=say("+7 days")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(say("The clock is on its way"))
        way = {"back": back, "since": now - timedelta(hours=1), "until": now + timedelta(hours=3)}
        page.goto(f"{installation.base_url}/demo/clock/way?{urlencode(way)}")
        expect(page.get_by_role("progressbar")).to_have_attribute("value", "25")
        take_pictures(page, "demo-clock-way")
        assert violations(page) == []
        with page.expect_navigation(timeout=PATIENCE_MS):
            pass
        expect(page.get_by_role("progressbar")).to_be_visible()
    page.wait_for_url(f"**{back}*", timeout=PATIENCE_MS)
    expect(page.get_by_role("status")).to_contain_text(
        say("The clock of the demo stopped on its way. Please move it on, or look at its logs.")
    )
