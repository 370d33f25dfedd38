"""Lighthouse on every page that customers see: `make lighthouse` prints JSON lines and fails under the bar.

`python -m tests.measure.lighthouse NAME…` looks at these pages only.

Accessibility, best practices and SEO have to reach 95 of 100 (interface.md), of the help centre performance too
(knowledge.md). Some pages say `noindex` on purpose, those of one person as surveys.md wants it, and lists of what was
searched: there Lighthouse's audit "is-crawlable" fails. Both figures of such a page are printed: `seo` leaves that one audit out, as
`--skip-audits=is-crawlable` does, `seo_with_noindex` has it in; the bar is for the first.
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import create_engine, make_url

from tests.conftest import ROOT, _make_database, drop_database
from tests.running.chromium import CHROMIUM
from tests.running.installation import Installation, _tell, open_installation

FOLDER = ROOT / "var" / "lighthouse"
BAR, MOST_BYTES = 95, 20_480
CATEGORIES = ("accessibility", "best-practices", "seo")
ON_PURPOSE = "is-crawlable"
READ_SECONDS = 1.5
"""The pages want a person to have read them."""
CHROME = "--headless --no-sandbox --disable-dev-shm-usage --disable-gpu"


@dataclass(frozen=True)
class Asked:
    """`is_hidden`: noindex on purpose. `is_fast`: performance counts. `is_small`: 20 KB with all it loads."""

    name: str
    path: str
    is_hidden: bool = False
    is_fast: bool = False
    is_small: bool = False


def list_pages(at: Installation) -> list[Asked]:
    made = _tell(at.environ, "-m", "tests.measure.public_pages")
    return [
        Asked("survey", made["survey"], is_hidden=True, is_small=True),
        Asked("questionnaire_first", made["questionnaire_first"], is_hidden=True, is_small=True),
        Asked("questionnaire_page", begin(at, made["questionnaire_first"]), is_hidden=True, is_small=True),
        Asked("shared_report", made["shared_report"], is_hidden=True),
        Asked("review_form", made["review_form"], is_hidden=True),
        Asked("reviews", made["reviews"]),
        Asked("reviews_embedded", made["reviews_embedded"]),
        Asked("review_policy", "/shop/review-policy"),
        Asked("help_centre", "/help/", is_fast=True),
        Asked("help_article", "/help/colis-abime", is_fast=True),
        Asked("help_search", "/help/search?q=quand+serai-je+rembours%C3%A9", is_hidden=True, is_fast=True),
        Asked("contact", "/contact"),
        Asked("stores", "/stores/"),
        Asked("store", "/stores/lille"),
        Asked("sign_up", made["sign_up"]),
    ]


def begin(at: Installation, first: str) -> str:
    """Press the button of the first page; returns the address of the page of all kinds of questions."""
    caller = HTTPConnection(urlsplit(at.base_url).netloc, timeout=60)
    caller.request("GET", first)
    nonce = re.search(r'name="_nonce" value="([^"]+)"', caller.getresponse().read().decode())
    assert nonce, "the first page has its button"
    time.sleep(READ_SECONDS)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    caller.request("POST", first, urlencode({"_nonce": unescape(nonce[1])}), kind)
    place = urlsplit(caller.getresponse().headers["Location"]).path
    caller.close()
    return place


def look(asked: Asked, at: Installation) -> dict[str, Any]:
    """What Lighthouse says of one page."""
    categories = (*CATEGORIES, "performance") if asked.is_fast or asked.is_small else CATEGORIES
    done = subprocess.run(
        ["node", "node_modules/lighthouse/cli/index.js", at.base_url + asked.path, "--quiet", "--output=json",
         f"--only-categories={','.join(categories)}", f"--chrome-flags={CHROME}", "--no-enable-error-reporting"],
        cwd=FOLDER, env={**os.environ, "CHROME_PATH": str(CHROMIUM)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def figures(asked: Asked, found: dict[str, Any]) -> dict[str, float]:
    """Of 100 each, and what was transferred where that is asked."""
    scores = {name: 100 * each["score"] for name, each in found["categories"].items()}
    if asked.is_hidden:
        scores["seo_with_noindex"] = scores["seo"]
        scores["seo"] = 100 * _without(found, "seo", ON_PURPOSE)
    if asked.is_small:
        scores["bytes"] = found["audits"]["total-byte-weight"]["numericValue"]
    return {name: round(value) for name, value in scores.items()}


def _without(found: dict[str, Any], category: str, audit: str) -> float:
    """The category's score had that audit been skipped: the mean of the others by their weights."""
    refs = [ref for ref in found["categories"][category]["auditRefs"] if ref["weight"] and ref["id"] != audit]
    earned = sum(ref["weight"] * (found["audits"][ref["id"]]["score"] or 0) for ref in refs)
    return float(earned / sum(ref["weight"] for ref in refs))


def is_missed(name: str, value: float) -> bool:
    if name == "bytes":
        return value > MOST_BYTES
    return value < BAR and name != "seo_with_noindex"


def complaints(asked: Asked, found: dict[str, Any]) -> Iterator[str]:
    """The audits that count and are not full, with where."""
    for category in found["categories"].values():
        for ref in category["auditRefs"]:
            audit = found["audits"][ref["id"]]
            if not ref["weight"] or audit["score"] in {None, 1} or ref["id"] == ON_PURPOSE:
                continue
            items = (audit.get("details") or {}).get("items", [])
            where = "; ".join(str(item.get("node", {}).get("snippet") or item)[:200] for item in items[:4])
            yield f"{asked.name}: {category['id']}: {audit['title']} {where}"


@contextmanager
def an_installation() -> Iterator[Installation]:
    """The small chain on a database of its own, which goes with it."""
    from hub.supervisor.shared import shared_plant

    plant = shared_plant(ROOT / "var" / "test")
    name = f"lighthouse_{os.getpid()}"
    server = make_url(plant.database_url)
    _make_database(plant.database_url, name)
    try:
        with tempfile.TemporaryDirectory() as var:
            url = server.set(database=name).render_as_string(hide_password=False)
            with open_installation(database_url=url, redis_url=plant.redis_url, var=Path(var)) as at:
                yield at
    finally:
        engine = create_engine(plant.database_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            drop_database(connection, name)
        engine.dispose()


def main() -> int:
    """How many figures miss their bar."""
    missed = 0
    with an_installation() as at:
        for asked in list_pages(at):
            if sys.argv[1:] and asked.name not in sys.argv[1:]:
                continue
            found = look(asked, at)
            for name, value in figures(asked, found).items():
                missed += is_missed(name, value)
                bar = MOST_BYTES if name == "bytes" else BAR
                print(json.dumps(_line(asked, name, value, bar)), flush=True)
            for line in complaints(asked, found):
                print(line, file=sys.stderr)
    return missed


def _line(asked: Asked, name: str, value: float, bar: int) -> dict[str, Any]:
    has_bar = name != "seo_with_noindex"
    return {
        "name": f"lighthouse.{asked.name}.{name}",
        "value": value,
        "unit": "bytes" if name == "bytes" else "of 100",
        "baseline": "bar" if has_bar else "none: noindex is wanted",
        "baseline_value": bar if has_bar else None,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }


if __name__ == "__main__":
    sys.exit(main())
