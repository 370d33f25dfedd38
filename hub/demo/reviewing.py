"""Reviews of the demo: some published with an answer, some refused, some waiting to be read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hub.core.words import Language
from hub.customers.queries import CustomerRow, get_customers
from hub.demo.copying import copy_rows
from hub.demo.shopping import Sale
from hub.orders.queries import get_orders
from hub.orders.rows import LineRow
from hub.orders.words import OrderState
from hub.reviews.models import Review
from hub.reviews.points import USUAL
from hub.reviews.rules import usual_name
from hub.reviews.words import RefusalReason, ReviewState, Verdict

SEED = 53
ASKED_AFTER = timedelta(days=15)
MOST = 360
WAITING = timedelta(days=3)
SAID = {
    5: ("Exactement ce que je cherchais.", "Très belle finition, montage simple.", "Lumière chaude, agréable le soir."),
    4: ("Très bien, le câble est un peu court.", "Beau produit, bien emballé.", ""),
    3: ("Correct pour le prix.", "Plus petit que je ne pensais.", ""),
    2: ("La couleur ne correspond pas à la photo.", "Une vis manquait dans le carton."),
    1: ("Cassé au bout de deux semaines.", "L’abat-jour est arrivé taché."),
}  # fmt: skip
LACKING = ("", "", "", "Le culot n’est pas indiqué.", "La longueur du câble manque.")
ANSWER = "Nous sommes désolés. Le magasin vous propose un échange."
REFUSED = "Livreur en retard, appelez le 06 12 34 56 78."


def make_reviews(sales: Sequence[Sale], *, now: datetime) -> None:
    """Of deliveries more than a fortnight old, spread over the year; what came in the last days waits."""
    random = Random(SEED)
    asked = [
        (sale, sale.delivered_at + ASKED_AFTER + timedelta(hours=random.randrange(1, 90)))
        for sale in sales
        if sale.delivered_at and sale.state is OrderState.DELIVERED
    ]
    past = [(sale, at) for sale, at in asked if at < now]
    recent = [pair for pair in past if now - pair[1] < WAITING][:20]
    chosen = recent + random.sample(past, min(MOST, len(past)))
    orders = get_orders({sale.id for sale, _ in chosen})
    people = get_customers({sale.customer_id for sale, _ in chosen})
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for sale, at in chosen:
        line = random.choice(orders[sale.id].lines)
        if (sale.customer_id, line.sku) not in rows:
            row = _review(len(rows) + 1, sale, line, people[sale.customer_id], at, random)
            rows[sale.customer_id, line.sku] = row | _decision(row, at, random, is_new=now - at < WAITING)
    copy_rows(Review, rows.values())


def _review(
    number: int, sale: Sale, line: LineRow, person: CustomerRow, at: datetime, random: Random
) -> dict[str, Any]:
    stars = random.choices((5, 4, 3, 2, 1), (48, 27, 11, 8, 6))[0]
    verdicts = (Verdict.YES,) if stars > 3 else tuple(Verdict)  # noqa: PLR2004 - pleased or not
    return {
        "id": number,
        "order_id": sale.id,
        "customer_id": sale.customer_id,
        "store_id": sale.store_id,
        "sku": line.sku,
        "product_name": line.name,
        "language": Language.FRENCH,
        "version": 1,
        "stars": stars,
        "points": {point.key: random.choice(verdicts).value for point in USUAL},
        "text": random.choice(SAID[stars]),
        "description": random.choice(LACKING),
        "public_name": usual_name(person.first_name, person.last_name) or "Client",
        "experienced_at": sale.delivered_at,
        "written_at": at,
        "changed_at": at,
    }


def _decision(row: dict[str, Any], at: datetime, random: Random, *, is_new: bool) -> dict[str, Any]:
    decided_at = None if is_new else at + timedelta(hours=random.randrange(1, 48))
    is_refused = not is_new and random.random() < 0.05  # noqa: PLR2004 - one in twenty
    is_answered = not is_new and not is_refused and row["stars"] == 1
    state = ReviewState.REFUSED if is_refused else ReviewState.PUBLISHED
    return {
        "state": ReviewState.WAITING if is_new else state,
        "text": REFUSED if is_refused else row["text"],
        "decided_at": decided_at,
        "decided_by_id": None,
        "published_at": None if is_refused else decided_at,
        "reason": RefusalReason.PERSONAL_DATA if is_refused else None,
        "reason_words": "",
        "answer": ANSWER if is_answered else "",
        "answered_at": decided_at if is_answered else None,
    }
