"""An administrator connects other systems: a webhook with its test and log, and the takeover of another helpdesk."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.acting import PATIENCE_MS, enter, press, reload_until, say, take_pictures
from tests.browser.conftest import OpenPage
from tests.browser.test_every_page import Inspector
from tests.makers.receiver import open_receiver
from tests.running.installation import Installation
from tests.takeover.samples import zammad_zip

pytestmark = pytest.mark.browser


def test_a_webhook_and_a_takeover(installation: Installation, open_page: OpenPage, tmp_path: Path) -> None:
    page = enter(open_page(), installation, "administrator")
    inspector = Inspector({"light": page})
    with open_receiver() as receiver:
        page.goto(f"{installation.base_url}/settings/webhooks/new")
        page.get_by_label(say("Name"), exact=True).fill("Boutique")
        page.get_by_label(say("Address"), exact=True).fill(receiver.url)
        page.get_by_label(say("A ticket was opened")).check()
        press(page, "Save")
        inspector.check(page, "the secret")
        page.goto(f"{installation.base_url}/settings/webhooks")
        page.get_by_role("link", name="Boutique", exact=True).click()
        inspector.check(page, "the webhook")
        take_pictures(page, "webhook")
        press(page, "Send a test")
        reload_until(page, say("taken"))
        inspector.check(page, "the delivery")
        take_pictures(page, "webhook-delivery")
        assert [told.headers["webhook-id"][:4] for told in receiver.told] == ["msg_"]
        page.goto(f"{installation.base_url}/settings/webhooks/deliveries")
        inspector.check(page, "the log")
        page.goto(f"{installation.base_url}/settings/webhooks")
        inspector.check(page, "the webhooks")
    export = tmp_path / "export.zip"
    export.write_bytes(zammad_zip())
    page.goto(f"{installation.base_url}/settings/takeovers")
    page.get_by_label(say("File"), exact=True).set_input_files(export)
    press(page, "Read the file")
    reload_until(page, say("read, nothing taken over yet"))
    inspector.check(page, "the dry run")
    take_pictures(page, "takeover")
    press(page, "Take over")
    reload_until(page, say("New tickets"))
    page.goto(f"{installation.base_url}/inbox/?view=all&q=22011")
    expect(page.get_by_text("Lampe cassée").first).to_be_visible(timeout=PATIENCE_MS)
    assert inspector.found == []
