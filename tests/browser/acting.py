"""What a person does in the browser, in the words of the pages; pictures of what was seen."""

import gettext
from functools import cache
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.running.installation import Installation

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "var" / "screenshots"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PATIENCE_MS = 30_000
THANKS_TO_A_PERSON_MS = 1_200  # nobody reads a page and presses its button within a second; the hub knows


@cache
def _french() -> gettext.NullTranslations:
    file = ROOT / "hub" / "translations" / "fr" / "LC_MESSAGES" / "messages.mo"
    with file.open("rb") as catalogue:
        return gettext.GNUTranslations(catalogue)


def say(words: str, /, **values: object) -> str:
    """What a French page shows for these English words."""
    found = _french().gettext(words)
    return found % values if values else found


def sign_in(page: Page, at: Installation, who: str, *, password: str | None = None) -> None:
    """Log in by keyboard and mouse; `who` is a key of the installation's log-ins or an address."""
    page.goto(f"{at.base_url}/session/sign-in")
    page.locator("input[type=email]").fill(at.logins.get(who, who))
    page.locator("input[type=password]").fill(at.password if password is None else password)
    page.locator("main button").click()


def enter(page: Page, at: Installation, who: str) -> Page:
    """Log in and arrive in the first room."""
    sign_in(page, at, who)
    page.wait_for_url(lambda url: "/session/sign-in" not in url, timeout=PATIENCE_MS)
    return page


def press_shortcut(page: Page, key: str) -> None:
    """Press one key of the hub's own. A person sees a page before he presses; words may show before its script runs."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def take_pictures(page: Page, name: str) -> None:
    """The page at a desk and on a phone, kept in var/screenshots; the width is then as before."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(150)
        page.screenshot(path=PICTURES / f"{name}-{size['width']}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (name, size["width"])
    if before:
        page.set_viewport_size(before)


def open_mail(page: Page, at: Installation, to: str, subject: str) -> None:
    """Look into the demo mailbox until this mail has come, and open it."""
    page.goto(f"{at.base_url}/demo/mailbox?to={to}")
    wanted = page.get_by_role("link", name=subject)
    for _ in range(PATIENCE_MS // 500):
        if wanted.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    wanted.first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def reload_until(page: Page, words: str) -> None:
    """Look again until the page shows these words, as an agent who waits for an answer does."""
    for _ in range(PATIENCE_MS // 500):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text(words).first).to_be_visible()


def press(page: Page, words: str, /, **values: object) -> None:
    """Click the button with these words."""
    page.get_by_role("button", name=say(words, **values), exact=True).first.click()


def follow(page: Page, words: str, /, **values: object) -> None:
    """Click the link with these words."""
    page.get_by_role("link", name=say(words, **values), exact=True).first.click()
