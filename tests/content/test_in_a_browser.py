"""The mails as Chromium lays them out: nothing overflows, boxes are large enough on the smallest phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.content.refresh import ALL, render_known
from tests.running.chromium import CHROMIUM

SMALLEST_PHONE = 320
BOXES = """() => [...document.querySelectorAll('td[bgcolor] > a')].map(box => {
  const {width, height, top} = box.getBoundingClientRect(); return [width, height, top, box.innerText]; })"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.mark.browser
def test_layout(chromium: Browser) -> None:
    page = chromium.new_page()
    for key, language in ALL:
        page.set_content(render_known(key, language).html)
        for width in (SMALLEST_PHONE, 390, 700):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (key, language, width)
            boxes = page.evaluate(BOXES)
            assert all(box[0] >= 52 and box[1] >= 44 for box in boxes), (key, width, boxes)
            if key.startswith("survey"):
                assert len(boxes) == 3
                assert len({(round(box[0]), round(box[1]), round(box[2])) for box in boxes}) == 1, boxes
    page.close()
