"""Chromium, and pages that remember every complaint of the browser, of the content policy above all."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.acting import DESK, PATIENCE_MS
from tests.running.chromium import CHROMIUM

QUIET = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-gpu",
    "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync",
)  # fmt: skip
OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: on Debian, apt-get install chromium-headless-shell.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Opens the browser of one person. At the end nothing may have been complained about."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(line: ConsoleMessage) -> None:
        if line.type == "error" and not is_expected(line):
            complaints.append(f"{line.text} ({line.location.get('url', '')})")

    def open_one(**options: Any) -> Page:
        context = chromium.new_context(**{"viewport": DESK, "locale": "fr-FR", **options})
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", hear)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def is_expected(line: ConsoleMessage) -> bool:
    """The browser reports every answer of 4xx; a refused form is one, and a test asserts it by what it shows.

    It also reports what it asks for while a test has taken the network away.
    """
    reported = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
    return any(words in line.text for words in reported)
