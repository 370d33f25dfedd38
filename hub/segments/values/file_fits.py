"""What `flask customers fit-value` prints: the parameters of both models on a file of orders. No database."""

from datetime import date
from pathlib import Path

from hub.segments.values.fitting import NotFittedError, fit_spending, fit_timing
from hub.segments.values.order_files import UnreadableOrdersError, read_orders
from hub.segments.values.summing import group_by_day, summarise

DIGITS = 6


def fit_file(path: Path, *, until: date | None = None) -> dict[str, float]:
    """r, alpha, a, b of BG/NBD (weeks) and p, q, v of gamma-gamma. Raises UnreadableOrdersError, also when nothing fits."""
    purchases, end = read_orders(path, until=until)
    table = summarise(group_by_day(purchases), until=end.toordinal())
    try:
        found = vars(fit_timing(table)) | vars(fit_spending(table))
    except NotFittedError as error:
        raise UnreadableOrdersError(f"{error} The models need more orders.") from error
    return {name: round(value, DIGITS) for name, value in found.items()}
