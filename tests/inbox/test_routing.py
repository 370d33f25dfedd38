"""Which store must answer, and how we know."""

from hub.inbox.routing import (
    CENTRAL,
    DEFAULT_ORDER,
    check_order,
    choose_route,
    find_order_numbers,
    find_postcodes,
    find_store_by_name,
    local_parts,
)
from hub.inbox.words import RouteSource

NAMES = {
    1: "Maison Verel Lyon",
    2: "Maison Verel Lyon Part-Dieu",
    3: "Épinal",
    4: "Épinal Centre",
    5: "Épinal Quais",
}


def test_the_first_source_that_names_a_store_decides_and_later_ones_are_not_asked() -> None:
    asked: list[str] = []

    def finder(name: str, store_id: int | None) -> object:
        def find() -> int | None:
            asked.append(name)
            return store_id

        return find

    route = choose_route(
        (RouteSource.ORDER_NUMBER, RouteSource.STORE_ADDRESS, RouteSource.POSTCODE),
        {
            RouteSource.ORDER_NUMBER: finder("order", None),
            RouteSource.STORE_ADDRESS: finder("address", 4),
            RouteSource.POSTCODE: finder("postcode", 5),
        },  # type: ignore[dict-item]
    )
    assert (route.store_id, route.source) == (4, RouteSource.STORE_ADDRESS)
    assert 0 < route.confidence <= 1
    assert asked == ["order", "address"]


def test_nothing_found_is_the_central_queue() -> None:
    assert choose_route(DEFAULT_ORDER, {}) == CENTRAL


def test_order_numbers_are_words_with_figures_but_no_dates_addresses_or_versions() -> None:
    text = "Ma commande n°CMD-20418 du 12/11/2026 (#a1001), écrire à x1234@client.example ou 2026-11-12."
    assert find_order_numbers(text) == ("CMD-20418", "a1001", "A1001")


def test_postcodes_stand_alone() -> None:
    assert find_postcodes("69003 Lyon, tél. 0472000001, 13-75001") == ("69003",)


def test_the_longest_store_name_wins_and_a_draw_decides_nothing() -> None:
    assert find_store_by_name("bonjour la maison verel lyon part dieu !", NAMES) == 2
    assert find_store_by_name("au magasin d'EPINAL hier", NAMES) == 3
    assert find_store_by_name("épinal centre ou epinal  quais", {4: "Épinal Bourg", 5: "Épinal Quais"}) == 5
    assert find_store_by_name("lune rive ou lune gare", {1: "Lune Rive", 2: "Lune Gare"}) is None
    assert find_store_by_name("rien", NAMES) is None


def test_only_our_own_domains_name_a_mailbox() -> None:
    recipients = ("Lyon+promo@hub.example", "lille@gmail.example")
    assert local_parts(recipients, {"hub.example"}) == ("lyon",)


def test_an_order_names_each_source_once() -> None:
    assert check_order(tuple(reversed(DEFAULT_ORDER)))
    assert not check_order(DEFAULT_ORDER[:-1])
