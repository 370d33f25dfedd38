"""What the demo's customers looked at and left in their baskets; its products with family, range, life and complements."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from hub.core import site
from hub.core.actor import SYSTEM
from hub.demo.catalog import PRODUCTS
from hub.demo.copying import copy_rows
from hub.demo.shopping import Person, Sale
from hub.orders.behaviour.models import Basket, BasketLine, BasketTouch, Visit
from hub.orders.behaviour.setting import change_behaviour
from hub.orders.behaviour.words import BasketState, Device, PageKind
from hub.orders.products.actions import put_products
from hub.orders.products.rules import ProductDetails
from hub.orders.till_files.actions import drop_file

SEED = 20260331
SHOP = "https://www.maison-verel.example"
DAYS = 60
VISITS_EACH = (1, 9)
CHEAP, DEAR = 5_000, 30_000
CYCLES = {"BOUGIE-FI": 60}
"""Days until it is used up and bought again."""
# sku: family, life in days (0: none), complements
MORE: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "LAMPE-AUR": ("Luminaires", 0, ("LAMPE-ORI", "APPL-NOX")), "LAMPE-ORI": ("Luminaires", 0, ("APPL-NOX",)),
    "SUSP-VEL": ("Luminaires", 0, ("APPL-NOX",)), "APPL-NOX": ("Luminaires", 0, ("LAMPE-AUR",)),
    "PLAID-LAI": ("Textile", 1095, ("COUSS-LIN",)), "COUSS-LIN": ("Textile", 730, ("PLAID-LAI", "RID-VEL")),
    "RID-VEL": ("Textile", 0, ("COUSS-LIN",)), "TAPIS-BER": ("Textile", 0, ("PLAID-LAI",)),
    "VASE-GRE": ("Décoration", 0, ("BOUGIE-FI",)), "SERV-GRE": ("Arts de la table", 0, ("VERRE-6", "COUT-ACI")),
    "VERRE-6": ("Arts de la table", 730, ("SERV-GRE",)), "COUT-ACI": ("Arts de la table", 0, ("SERV-GRE",)),
    "NAPPE-COT": ("Arts de la table", 730, ("SERV-GRE",)), "CHAISE-HET": ("Mobilier", 0, ("TABLE-CHE",)),
    "TABLE-CHE": ("Mobilier", 0, ("CHAISE-HET", "NAPPE-COT")), "ETAG-MET": ("Mobilier", 0, ("PANIER-OS",)),
    "MIROIR-RO": ("Décoration", 0, ("APPL-NOX",)), "BOUGIE-FI": ("Décoration", 0, ("VASE-GRE",)),
    "DRAP-PER": ("Textile", 730, ("PLAID-LAI",)), "SERV-BAIN": ("Textile", 730, ("PANIER-OS",)),
    "PANIER-OS": ("Décoration", 0, ("SERV-BAIN",)), "HORLOGE": ("Décoration", 0, ("CADRE-CHE",)),
    "CADRE-CHE": ("Décoration", 0, ("HORLOGE",)), "CANAPE-3P": ("Mobilier", 0, ("PLAID-LAI", "COUSS-LIN")),
}  # fmt: skip
TILL_FILE = """ticket;magasin;date;heure;carte;référence;libellé;qté;montant
58211;{store};{day};17:12;V00000001;BOUGIE-FI;Bougie à la figue;2;49,80
58212;{store};{day};17:20;;VASE-GRE;Vase en grès émaillé;1;45,00
58213;{store};{day};17:41;V00000003;COUSS-LIN;Coussin en lin lavé;deux;59,80
"""


def make_behaviour(people: Sequence[Person], sales: Sequence[Sale], *, now: datetime) -> None:
    """Products, two months of visits and baskets, a till file of last week; visits of the demo shop are noted."""
    random = Random(SEED)
    put_products([_product(*row) for row in PRODUCTS], now=now)
    sites = [SHOP, site.base_url()]
    change_behaviour(is_on=True, sites=sites, keep_days=395, late_days=14, by=SYSTEM, now=now)
    lookers = random.sample(list(people), len(people) // 12)
    copy_rows(Visit, _visits(lookers, now, random))
    rows = list(_baskets(lookers[: len(lookers) // 3], sales, now, random))
    copy_rows(Basket, [basket for basket, _ in rows])
    touches = [touch for basket, its_lines in rows for touch in _touches(basket, len(its_lines))]
    copy_rows(BasketTouch, [{"id": number, **touch} for number, touch in enumerate(touches, 1)])
    lines = [line for _, its_lines in rows for line in its_lines]
    copy_rows(BasketLine, [{"id": number, **line} for number, line in enumerate(lines, 1)])


def hand_in_till_file(store_code: str, *, now: datetime) -> None:
    """One file of a till, for the worker to take in; one of its rows cannot be read."""
    day = (now - timedelta(days=6)).strftime("%d/%m/%Y")
    text = TILL_FILE.format(store=store_code, day=day).encode("cp1252")
    drop_file(f"caisse-{store_code}.csv", BytesIO(text), source="demo", by=SYSTEM, now=now)


def _product(sku: str, name: str, cents: int) -> ProductDetails:
    family, life, complements = MORE[sku]
    return ProductDetails(
        sku=sku,
        name=name,
        family=family,
        range="premium" if cents >= DEAR else ("standard" if cents >= CHEAP else "découverte"),
        life_days=life or None,
        cycle_days=CYCLES.get(sku),
        price_cents=cents,
        url=f"{SHOP}/{sku.lower()}",
        complements=complements,
    )


def _visits(lookers: Sequence[Person], now: datetime, random: Random) -> Iterator[dict[str, Any]]:
    number = 0
    for person in lookers:
        last = now - timedelta(days=DAYS * random.random(), minutes=5)
        for minute in range(random.randint(*VISITS_EACH)):
            number += 1
            kind = random.choices(list(PageKind), weights=(60, 20, 3, 1, 10, 6))[0]
            sku = random.choice(PRODUCTS)[0]
            yield {
                "id": number,
                "visit_key": f"demo:{number}",
                "customer_id": person.id,
                "visitor_id": None,
                "kind": kind,
                "sku": sku if kind is PageKind.PRODUCT else None,
                "family": MORE[sku][0] if kind is PageKind.FAMILY else None,
                "visited_at": last - timedelta(minutes=2 * minute),
            }


def _baskets(
    lookers: Sequence[Person], sales: Sequence[Sale], now: datetime, random: Random
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Open ones of these days, ordered and emptied ones; one that was ordered names the order that came of it."""
    latest = {sale.customer_id: sale for sale in sales}
    for number, person in enumerate(lookers, 1):
        chosen = random.sample(PRODUCTS, random.randint(1, 3))
        sale = latest.get(person.id)
        touched = now - timedelta(days=20 * random.random() ** 2, minutes=40)
        state = BasketState.OPEN if random.random() < 0.6 else BasketState.EMPTIED  # noqa: PLR2004 - most are left
        if sale is not None and sale.placed_at > touched - timedelta(days=40):
            state, touched = BasketState.ORDERED, sale.placed_at - timedelta(minutes=12)
        lines = [
            {
                "basket_id": number,
                "position": position,
                "sku": sku,
                "name": name,
                "quantity": 1,
                "unit_price_cents": cents,
            }
            for position, (sku, name, cents) in enumerate(chosen, 1)
        ]
        basket = {
            "id": number,
            "external_id": f"PANIER-{number}",
            "customer_id": person.id,
            "state": state,
            "device": random.choice(list(Device)),
            "checkout_url": f"{SHOP}/panier/{number}",
            "total_cents": sum(cents for *_, cents in chosen),
            "currency": "EUR",
            "order_id": sale.id if state is BasketState.ORDERED and sale else None,
            "event_key": f"demo:{number}",
            "touched_at": touched,
            "closed_at": None if state is BasketState.OPEN else touched + timedelta(minutes=12),
            "created_at": touched,
        }
        yield basket, [] if state is BasketState.EMPTIED else lines


def _touches(basket: dict[str, Any], line_count: int) -> Iterator[dict[str, Any]]:
    """It was filled; an emptied one had been filled an hour before."""
    same = {"basket_id": basket["id"], "device": basket["device"]}
    is_emptied = basket["state"] is BasketState.EMPTIED
    yield same | {
        "touched_at": basket["touched_at"] - timedelta(hours=is_emptied),
        "event_key": basket["event_key"],
        "state": BasketState.OPEN,
        "total_cents": basket["total_cents"],
        "line_count": line_count or 1,
    }
    if is_emptied:
        emptied = {"event_key": f"{basket['event_key']}:emptied", "state": BasketState.EMPTIED}
        yield same | emptied | {"touched_at": basket["touched_at"], "total_cents": 0, "line_count": 0}
