"""A customer calls the store: the agent sees who it is at once, notes the call by keyboard, and nobody else is told."""

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.acting import PHONE, enter, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_chat import violations
from tests.doubles.twilio import sign
from tests.makers.calls import callbacks
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
ANNE = "+33612345602"
CALL = "CA" + "b" * 32
SOON_MS = 10_000
"""Pages look by themselves every 20 s: sooner than that it was told by the live events."""


def tell(at: Installation, name: str) -> None:
    path, fields = callbacks(CALL, caller=ANNE)[name]
    url = f"{at.base_url}/hooks/twilio/voice{path}"
    assert requests.post(url, data=fields, headers=sign(url, fields), timeout=10).ok


def test_a_call_pops_up_for_the_store_and_is_noted_by_keyboard(
    installation: Installation, open_page: OpenPage
) -> None:
    lille = enter(open_page(), installation, "elsewhere")
    page = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    with page.expect_request(lambda request: "/stream?" in request.url):
        enter(page, installation, "agent")
    page.wait_for_timeout(500)
    for name in ("call", "answered"):
        tell(installation, name)
    box = page.get_by_role("region", name="Anne Martin")
    expect(box).to_contain_text("06 12 34 56 02", timeout=SOON_MS)
    expect(box).to_contain_text(say("on the line"))
    take_pictures(page, "call-pop")
    assert violations(page) == []
    lille.reload()
    expect(lille.locator("call-pop")).to_be_attached()
    box.get_by_role("link", name=say("Note this call")).press("Enter")
    expect(page.locator("main")).to_contain_text("Anne Martin")
    assert page.locator("input[name=channel][value=phone]").is_checked()
    tell(installation, "leg_over")
    expect(page.locator(".call-box")).to_have_count(0, timeout=SOON_MS)
    expect(lille.locator(".call-box")).to_have_count(0)
