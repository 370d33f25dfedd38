"""Human or machine: each sign alone, and what later clicks say of earlier ones. No database."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.outbox.tracking.policy import TrackingPolicy, add_utm, read_policy
from hub.outbox.tracking.rules import Click, label_clicks
from hub.outbox.tracking.scanners import NETWORKS, find_network, opener_of
from hub.outbox.tracking.words import Opener, OpenPolicy, Sign, Visitor

SENT_AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0"


def click(
    id_: int,
    after_seconds: float,
    *,
    position: int = 0,
    method: str = "GET",
    agent: str = FIREFOX,
    source: str = "",
    network: str | None = None,
) -> Click:
    at = SENT_AT + timedelta(seconds=after_seconds)
    return Click(id_, position, method, at, agent, source or f"source{id_}", network)


def signs(*clicks: Click, link_count: int = 5, is_leaving: bool = False) -> list[Sign]:
    accepted = None if is_leaving else SENT_AT
    labels = label_clicks(clicks, accepted_at=accepted, is_leaving=is_leaving, link_count=link_count)
    return [labels[each.id].sign for each in clicks]


def test_a_person_an_hour_later_is_a_person() -> None:
    labels = label_clicks([click(1, 3600)], accepted_at=SENT_AT, is_leaving=False, link_count=1)
    assert labels[1].visitor is Visitor.HUMAN


@pytest.mark.parametrize(
    ("seen", "sign"),
    [
        (click(1, 3600, method="HEAD"), Sign.HEAD),
        (click(1, 1.9), Sign.TOO_EARLY),
        (click(1, -5), Sign.TOO_EARLY),
        (click(1, 2), Sign.NONE),
        (click(1, 3600, agent=""), Sign.AGENT),
        (click(1, 3600, agent="python-requests/2.32"), Sign.AGENT),
        (click(1, 3600, agent="Mozilla/5.0 (compatible; bingbot/2.0)"), Sign.AGENT),
        (click(1, 3600, network="Proofpoint"), Sign.NETWORK),
    ],
)
def test_each_sign_alone(seen: Click, sign: Sign) -> None:
    assert signs(seen) == [sign]


def test_a_click_while_the_message_is_leaving_came_too_early() -> None:
    assert signs(click(1, 60), is_leaving=True) == [Sign.TOO_EARLY]


def test_all_links_within_seconds_are_one_machine_and_the_first_is_relabelled() -> None:
    first, second, third = (click(n, 600 + n, position=n) for n in range(3))
    assert signs(first, link_count=3) == [Sign.NONE]
    assert signs(first, second, link_count=3) == [Sign.NONE, Sign.NONE]
    assert signs(first, second, third, link_count=3) == [Sign.ALL_LINKS] * 3


def test_a_person_who_opens_two_of_six_links_is_a_person_and_four_in_ten_seconds_is_none() -> None:
    assert signs(click(1, 600), click(2, 603, position=1), link_count=6) == [Sign.NONE] * 2
    many = [click(n, 600 + 3 * n, position=n) for n in range(4)]
    assert signs(*many, link_count=20) == [Sign.ALL_LINKS] * 4


def test_the_same_link_again_and_again_is_not_all_links() -> None:
    assert signs(*(click(n, 600 + n / 10) for n in range(8)), link_count=1) == [Sign.NONE] * 8


def test_who_asked_first_with_head_is_a_machine_for_a_minute() -> None:
    head = click(1, 600, method="HEAD", source="a")
    assert signs(head, click(2, 601, source="a"), click(3, 700, source="a"), click(4, 601, source="b")) == [
        Sign.HEAD,
        Sign.SAME_SOURCE,
        Sign.NONE,
        Sign.NONE,
    ]


def test_a_scanner_before_and_a_person_after_are_told_apart() -> None:
    scanner = [click(n, 1, position=n, source="s") for n in range(3)]
    assert signs(*scanner, click(9, 5000, source="s"), link_count=3)[-1] is Sign.NONE


def test_networks_are_data_with_a_name_and_a_day() -> None:
    assert find_network("40.107.1.1") == "Microsoft Exchange Online Protection"
    assert find_network("2a01:111:f400::1") == "Microsoft Exchange Online Protection"
    assert find_network("192.0.2.1") is None
    assert find_network("nonsense") is None
    assert all(each.name and each.noted_on and each.ranges for each in NETWORKS)


def test_privacy_proxies_are_told_from_programs() -> None:
    assert opener_of("Mozilla/5.0") is Opener.APPLE
    assert (
        opener_of("Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)")
        is Opener.GMAIL
    )
    assert opener_of("YahooMailProxy; https://help.yahoo.com") is Opener.YAHOO
    assert opener_of("") is Opener.MACHINE
    assert opener_of(FIREFOX) is Opener.PROGRAM


def test_settings_that_mean_nothing_are_the_default() -> None:
    assert read_policy({}) == TrackingPolicy()
    assert read_policy({"tracking": "yes"}) == TrackingPolicy()
    given = {"tracking": {"links": False, "opens": "off", "utm_source": "mail"}}
    assert read_policy(given) == TrackingPolicy(has_links=False, opens=OpenPolicy.OFF, utm_source="mail")
    assert read_policy({"tracking": {"opens": "everybody"}}).opens is OpenPolicy.CONSENTED


def test_utm_goes_to_the_chains_own_site_and_changes_nothing_else() -> None:
    policy = TrackingPolicy(utm_source="comptoir", utm_medium="mail")

    def of(address: str) -> str:
        return add_utm(address, policy, site="https://www.verel.example", campaign="thanks")

    added = "utm_source=comptoir&utm_medium=mail&utm_campaign=thanks"
    assert of("https://verel.example/a?b=%20c#d") == f"https://verel.example/a?b=%20c&{added}#d"
    assert of("https://shop.verel.example") == f"https://shop.verel.example?{added}"
    assert "utm_source=own" in of("https://verel.example/?utm_source=own")
    assert "utm_source=comptoir" not in of("https://verel.example/?utm_source=own")
    assert of("https://elsewhere.example/a") == "https://elsewhere.example/a"
    assert of("https://notverel.example/a") == "https://notverel.example/a"
