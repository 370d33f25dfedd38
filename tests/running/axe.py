"""Asks axe what is wrong with the page a browser shows, and only that: what it lists as right costs more than the look."""

from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.conftest import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"]
_LOOK = """([tags, iframes]) =>
  axe.run(document, {runOnly: tags, iframes, resultTypes: ["violations"]}).then((found) => found.violations)"""


def bring_along(context: BrowserContext) -> None:
    """Axe is there with each page that is opened from now on: to send it anew costs as much as half a look."""
    context.add_init_script(path=AXE)


def violations(page: Page, *, has_frames: bool = True) -> list[dict[str, Any]]:
    """Each broken rule with its `id` and the `nodes` that break it; the content policy stays in force for the page."""
    page.wait_for_load_state()  # a link that was followed a moment ago has a page of no element yet
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_LOOK, [TAGS, has_frames])
    return found
