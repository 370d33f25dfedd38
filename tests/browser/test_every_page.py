"""Every page once, in turns light, dark, with forced colours and 320 px wide: no violation, no complaint, no scroll."""

import os
import subprocess
import sys
from itertools import cycle
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.acting import DESK, PHONE, enter, press
from tests.browser.conftest import OpenPage
from tests.flows.test_main_job import Caller
from tests.running.axe import bring_along, violations
from tests.running.installation import Installation

pytestmark = pytest.mark.browser
NARROW = {"width": 320, "height": 640}
MODES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("light", {"viewport": DESK}),
    ("dark", {"viewport": PHONE, "color_scheme": "dark"}),
    ("forced colours", {"viewport": DESK, "forced_colors": "active"}),
    ("narrow", {"viewport": NARROW}),
)
STAFF = (
    "/inbox/", "/inbox/?view=all", "/inbox/?q=lampe", "/inbox/?q=xyzxyz", "/inbox/?view=late", "/inbox/new", "/counter/", "/counter/?store=1", "/notices/", "/inbox/tags/list",
    "/inbox/new?q=Haddad", "/customers/", "/customers/?q=Lef", "/customers/1", "/customers/1/edit",
    "/products/", "/products/?q=lampe", "/products/1", "/products/till-files", "/products/till-files/1", "/products/visits",
    "/customers/duplicates/", "/customers/duplicates/?state=apart", "/customers/duplicates/exact", "/customers/duplicates/merges", "/customers/duplicates/compare?id=1&id=2", "/customers/duplicates/search/1?q=a",
    "/customers/1/messages", "/customers/1/consents", "/plans/", "/plans/new", "/plans/welcome_pack/about", "/plans/post_purchase_survey", "/plans/post_purchase_survey/files", "/plans/gains", "/plans/welcome_pack/replay", "/plans/post_purchase_survey/results", "/plans/welcome_pack/results?version=1", "/plans/post_purchase_survey/results/people?stage=entered", "/plans/post_purchase_survey/results?compare=previous",
    "/plans/welcome_pack/versions", "/plans/welcome_pack/try?q=a", "/plans/welcome_pack/try?customer=1", "/plans/post_purchase_survey/try?customer=1",
    "/statistics/", "/statistics/reasons", "/statistics/response-times", "/statistics/response-times?period=90&compare=year", "/statistics/tickets?measure=waits&period=90", "/statistics/stores", "/statistics/stores?store=LYO37&period=90", "/statistics/people/1?period=90", "/statistics/satisfaction", "/statistics/after-answers", "/statistics/digest", "/statistics/alerts", "/statistics/alerts/new", "/statistics/files", "/statistics/base/", "/statistics/messages/", "/statistics/messages/behind?measure=messages_sent", "/settings/", "/settings/chain",
    "/settings/stores", "/settings/stores/1", "/settings/stores/new", "/settings/regions",
    "/settings/regions/new", "/settings/regions/1", "/settings/staff", "/settings/staff/1",
    "/settings/staff/new", "/settings/reasons", "/settings/reasons/1", "/settings/reasons/new",
    "/settings/routing", "/settings/tracking", "/settings/after-solving", "/delivery/", "/delivery/?q=none", "/settings/gestures", "/inbox/gestures", "/statistics/gestures", "/settings/targets", "/settings/alerts", "/settings/alerts/1", "/settings/alerts/central", "/settings/phone", "/settings/phone/1", "/settings/keys", "/settings/keys/new", "/settings/webhooks", "/settings/webhooks/new", "/settings/webhooks/deliveries", "/settings/takeovers", "/session/profile",
    "/session/person", "/knowledge/imports", "/knowledge/synonyms?language=fr", "/knowledge/", "/knowledge/?q=colis+cassé", "/knowledge/?q=xylophone",
    "/knowledge/articles/colis-abime", "/knowledge/articles/colis-abime/edit",
    "/knowledge/articles/colis-abime/versions", "/knowledge/articles/colis-abime/versions/1",
    "/knowledge/articles/colis-abime/compare?from=1&to=1", "/knowledge/articles/colis-abime/files",
    "/knowledge/?q=colis&store=1&review=due",
    "/knowledge/articles/new", "/knowledge/replies", "/knowledge/replies/1", "/knowledge/replies/1/edit",
    "/promo-codes/", "/promo-codes/new", "/promo-codes/1", "/promo-codes/1/edit", "/promo-codes/unknown",
    "/messages/", "/messages/?weeks=13&purpose=survey", "/messages/not-sent", "/messages/not-sent?reason=no_consent",
    "/values/", "/values/rfm", "/values/churn", "/values/cohorts", "/values/cohorts?show=value&store=1", "/values/tiers", "/values/tiers/edit", "/values/definitions", "/values/members?stage=new", "/values/path/1",
    "/messages/caps", "/messages/terms", "/messages/sender", "/settings/operations", "/settings/operations/work", "/settings/operations/unknown", "/settings/operations/provider-events",
    "/settings/operations/quarantine", "/settings/operations/auto-replies", "/settings/operations/storms", "/settings/operations/orders",
    "/settings/mail-ways", "/settings/mail-ways/new", "/settings/mail-ways/addresses/new",
    "/signups/", "/signups/new", "/signups/choices",
    "/templates/", "/templates/new", "/templates/survey", "/templates/survey/fr/versions/1",
    "/knowledge/gaps", "/demo/mailbox", "/demo/phone", "/demo/write", "/inbox/none-such",
    "/chats/", "/chats/stores/1", "/demo/shop",
    "/routing/", "/routing/rules/new", "/routing/assignment", "/routing/experts", "/routing/experts/new", "/routing/suggestions",
    "/routing/suggestions/words/1", "/inbox/asked", "/inbox/absence", "/statistics/routing", "/statistics/gaps?period=90",
    "/inbox/?q=magasin:lyon+est:à-répondre+-canal:sms", "/inbox/?q=magasin:lion", "/inbox/views", "/inbox/views/new?q=lampe",
    "/inbox/calls", "/inbox/calls?list=ended", "/inbox/calls/new?customer=1", "/inbox/bulk?all=1&view=all",
    "/segments/", "/segments/?archived=1", "/segments/new", "/segments/new?from=unhappy", "/segments/1", "/segments/1/edit",
    "/segments/1/members", "/properties/", "/properties/new", "/properties/home_room",
    "/customers/imports/", "/customers/imports/1", "/customers/imports/1/undo", "/customers/imports/1/rows", "/customers/imports/1/customers", "/customers/imports/2",
    "/customers/imports/2/columns", "/customers/imports/2/findings/mail_domain_typo", "/customers/imports/2/findings/none",
    "/customers/imports/2/rows?outcome=refused", "/customers/imports/2/rows/2", "/customers/imports/2/rows/6",
    "/privacy/", "/privacy/retention/ticket_texts?months=1", "/privacy/retention/inactive_customers", "/privacy/retention/announced_erasures", "/privacy/requests", "/privacy/requests?list=all",
    "/privacy/looks", "/privacy/looks?customer=1", "/privacy/register", "/privacy/customers/1", "/privacy/customers/1/export", "/privacy/customers/1/erase",
    "/quality/", "/quality/no_name", "/quality/name_case", "/quality/settings", "/quality/archive", "/quality/archive?months=1",
    "/surveys/", "/surveys/?label=machine", "/surveys/?q=nobody", "/surveys/whys", "/settings/events", "/surveys/whys?days=365&reason=price",
    "/reviews/", "/reviews/?state=all&product=lampe", "/reviews/points", "/reviews/draws", "/surveys/domains",
)  # fmt: skip
MENU_LEFT = "((rail) => rail.scrollHeight - rail.clientHeight)(document.querySelector('.rail'))"
"""How much of the menu lies below what a desk shows."""
TICKET = (
    "",
    "/experts",
    "/gesture",
    "/solve",
    "/change",
    "/call",
    "/suggestions",
    "/snooze",
    "/split",
    "/history",
    "/print?notes=1",
    "/requester?q=Le",
)
PUBLIC = (
    "/session/sign-in", "/session/forgotten", "/session/forgotten/sent", "/contact", "/contact/sent",
    "/stores/", "/stores/lille", "/stores/?q=xyz", "/a/mangled/1", "/contact?lang=en",
    "/help/", "/help/colis-abime", "/help/colis-abime/vote?why=x", "/help/search?q=quand+serai-je+remboursé", "/help/search?q=xylophone",
    "/shop/review-policy",
)  # fmt: skip
REFUSED = (
    ("/session/sign-in", "Log in"), ("/contact", "Send"),
)  # fmt: skip
STAFF_REFUSED = (
    ("/inbox/new", "Note the contact"), ("/settings/staff/new", "Send the invitation"),
    ("/settings/stores/new", "Save"), ("/settings/mail-ways/new", "Save"), ("/plans/welcome_pack/replay", "Start the replay"),
)  # fmt: skip


class Inspector:
    """Four browsers, one a mode; each page is looked at by the next of them (by all of them with LARGE=1)."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self.pages = pages
        self.turn = cycle(pages)
        self.found: list[str] = []
        for page in pages.values():
            bring_along(page.context)

    def look(self, url: str, button: str | None = None) -> None:
        names = list(self.pages) if os.environ.get("LARGE") else [next(self.turn)]
        for name in names:
            page = self.pages[name]
            answer = page.goto(url)
            if answer is not None and answer.status >= 500:
                self.found.append(f"{url}: {answer.status}")
                continue
            if button:
                press(page, button)
            self.check(page, f"{url}{' after ' + button if button else ''} ({name})")

    def check(self, page: Page, where: str) -> None:
        for broken in violations(page, has_frames=False):
            for node in broken["nodes"]:
                self.found.append(
                    f"{where}: {broken['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
                )
        width = page.viewport_size["width"] if page.viewport_size else 0
        if page.evaluate("document.documentElement.scrollWidth") > width:
            self.found.append(f"{where}: scrolls sideways")


@pytest.fixture
def inspector(open_page: OpenPage) -> Inspector:
    return Inspector({name: open_page(**options) for name, options in MODES})


def ticket_urls(at: Installation) -> list[str]:
    caller = Caller(at)
    status, found = caller.api("GET", "/tickets")
    assert status == 200
    newest = found["tickets"][0]["number"]
    return [f"{at.base_url}/inbox/{newest}{ending}" for ending in TICKET]


def mail_url(at: Installation) -> str:
    """A mail in the demo mailbox: that which confirms a message of the contact form."""
    caller = Caller(at)
    caller.move_clock("1m")
    mails = caller.mails("")
    return f"{at.base_url}/demo/mailbox/{mails[0]['id']}"


def test_staff_pages(installation: Installation, inspector: Inspector) -> None:
    for page in inspector.pages.values():
        enter(page, installation, "administrator")
    for path in STAFF:
        inspector.look(installation.base_url + path)
    assert inspector.pages["light"].evaluate(MENU_LEFT) == 0, "the administrator sees every room at once"
    for url in (*ticket_urls(installation), mail_url(installation)):
        inspector.look(url)
    for path, button in STAFF_REFUSED:
        inspector.look(installation.base_url + path, button)
    inspector.look(f"{installation.base_url}/inbox/?lang=en")
    assert inspector.found == []


def test_public_pages(installation: Installation, inspector: Inspector) -> None:
    for path in PUBLIC:
        inspector.look(installation.base_url + path)
    for path, button in REFUSED:
        inspector.look(installation.base_url + path, button)
    assert inspector.found == []


def test_tell_us_why(installation: Installation, inspector: Inspector) -> None:
    """The link is signed with the installation's key, which is not this process's."""
    sign = "from hub.core.signing import sign, use_key; import os; use_key(os.environ['SECRET_KEY']);"
    sign += " print(sign('why', {'c': 1, 's': 'plan:anti_churn'}))"
    environ = {**os.environ, **installation.environ}
    token = subprocess.run(
        [sys.executable, "-c", sign], env=environ, capture_output=True, text=True, check=True
    )
    page = f"{installation.base_url}/why/{token.stdout.strip()}"
    inspector.look(page)
    inspector.look(f"{page}?lang=en")
    assert inspector.found == []


def test_survey_pages(installation: Installation, inspector: Inspector) -> None:
    caller = Caller(installation)
    who = caller.deliver("regardee")
    caller.move_clock("7d")
    boxes = caller.survey_links(who)
    for link in (*boxes, boxes[0] + "?lang=en"):
        inspector.look(link)
    caller.confirm(boxes[0], boxes[0][-1])
    inspector.look(boxes[0].rpartition("/")[0] + "/thanks")
    unsubscribe = [link for mail in caller.mails(who) for link in mail["links"] if "/u/" in link]
    for link in unsubscribe[:1]:
        inspector.look(link)
    caller.move_clock("31d")
    inspector.look(boxes[1])
    assert inspector.found == []
