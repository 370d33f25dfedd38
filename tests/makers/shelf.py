"""A shop window of lamps: ranges of one family, complements, a bulb that is used up."""

from hub.orders.products.actions import put_products
from hub.orders.products.rules import ProductDetails
from tests.conftest import TUESDAY

BOUGHT = "LAMPE-01"
"""The sku that orders and baskets of a life have."""


def fill_shelf() -> None:
    """What may be recommended to who bought `LAMPE-01`: VERRE completes it, ORION is better, AMPOULE is used up in 60 days; TEL-1 lives two years."""
    put_products(
        [
            _product(
                BOUGHT,
                "Lampe Aurore",
                5_000,
                family="Lampes",
                range="standard",
                complements=("VERRE", "AMPOULE"),
            ),
            _product("ORION", "Lampadaire Orion", 42_000, family="Lampes", range="premium"),
            _product("ALBA", "Lampe Alba", 3_900, family="Lampes", range="standard"),
            _product("VERRE", "Abat-jour en lin", 2_400, family="Abat-jour"),
            _product("SACS-M", "Sacs moyens", 900, family="Sacs", cycle_days=45, next_sku="SACS-L"),
            _product("SACS-L", "Grands sacs", 1_100, family="Sacs"),
            _product("TEL-1", "Téléphone Un", 30_000, family="Téléphones", range="standard", life_days=730),
            _product("TEL-2", "Téléphone Deux", 35_000, family="Téléphones", range="standard"),
            _product("AMPOULE", "Ampoule chaude", 1_490, family="Ampoules", cycle_days=60),
        ],
        now=TUESDAY,
    )


def _product(sku: str, name: str, cents: int, **fields: object) -> ProductDetails:
    return ProductDetails(
        **{
            "sku": sku,
            "name": name,
            "price_cents": cents,
            "url": f"https://www.verel.example/p/{sku.lower()}",
            **fields,
        }
    )
