"""Reads a file of orders (customer, date, amount) as people write them: any separator, encoding, form of date and amount."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date
from math import inf, isfinite
from pathlib import Path

import numpy as np

from hub.core.text import fold
from hub.customers.hygiene.dates import check_date
from hub.segments.values.summing import Purchases

NAMES = {
    "customer": {
        "customer_id",
        "customer",
        "customerid",
        "client",
        "client_id",
        "id_client",
        "cust_id",
        "id",
        "n_client",
        "no_client",
        "numero_client",
        "code_client",
        "customer_number",
        "kundennummer",
        "kunde",
        "cliente",
        "email",
        "e_mail",
        "mail",
    },
    "date": {
        "date",
        "order_date",
        "date_commande",
        "placed_at",
        "jour",
        "day",
        "date_de_commande",
        "date_achat",
        "date_d_achat",
        "datum",
        "fecha",
    },
    "amount": {
        "amount",
        "montant",
        "total",
        "value",
        "dollar_value",
        "sales",
        "amount_eur",
        "price",
        "total_amount",
        "total_price",
        "order_total",
        "montant_ttc",
        "montant_total",
        "prix",
        "ca",
        "betrag",
        "umsatz",
        "importe",
    },
}
SEPARATORS = (";", "\t", "|", ",")
MOST_SAID = 3
_DAY = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?")
_WRITTEN = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: .*)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?", re.IGNORECASE)
MONTHS = 12


class UnreadableOrdersError(ValueError):
    """What is wrong with the file, in a sentence that says what to do."""


def read_orders(path: Path, *, until: date | None = None) -> tuple[Purchases, date]:
    """Orders up to the end of `until` (the last day of the file when None), and that day. Raises UnreadableOrdersError."""
    lines = _decode(path).splitlines()
    rows = _rows(lines)
    places = _find_columns(next(rows, (0, []))[1])
    read = [
        (number, [row[place].strip() if place < len(row) else "" for place in places]) for number, row in rows
    ]
    if not read:
        raise UnreadableOrdersError("The file has no orders below its headings.")
    dates = _Dates([cells[1] for _, cells in read])
    orders = list(_orders(read, dates))
    end = until.toordinal() if until else max(day for _, day, _ in orders)
    ids = {name: number for number, name in enumerate(dict.fromkeys(name for name, _, _ in orders))}
    kept = [(ids[name], day, value) for name, day, value in orders if day <= end]
    if not kept:
        raise UnreadableOrdersError(
            f"No order of the file is from before {until}. Please give a later --until."
        )
    columns = list(zip(*kept, strict=True))
    found = Purchases(
        np.array(columns[0], np.int64), np.array(columns[1], np.int64), np.array(columns[2], np.float64)
    )
    return found, date.fromordinal(end)


def _decode(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnreadableOrdersError(f"{path} cannot be read: {error.strerror}.") from error
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    if b"\0" in raw[:4096]:
        raise UnreadableOrdersError(f"{path} is not a text file. Please save it as CSV.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _rows(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each line that is not empty; runs of blanks separate where nothing else does."""
    if lines and re.fullmatch(r"sep=.", lines[0].strip(), re.IGNORECASE):
        lines = ["", *lines[1:]]
    head = next((line for line in lines if line.strip()), "")
    separator = max(SEPARATORS, key=head.count)
    is_spaced = not head.count(separator)
    cells: Iterator[list[str]]
    cells = (line.split() for line in lines) if is_spaced else csv.reader(lines, delimiter=separator)
    return ((number, row) for number, row in enumerate(cells, 1) if any(cell.strip() for cell in row))


def _find_columns(headings: Sequence[str]) -> list[int]:
    """Where customer, date and amount stand. Raises UnreadableOrdersError."""
    plain = [_key(heading) for heading in headings]
    found = []
    for wanted, names in NAMES.items():
        place = next((place for place, name in enumerate(plain) if name in names), None)
        if place is None:
            shown = ", ".join(headings) or "nothing"
            raise UnreadableOrdersError(
                f"No column for the {wanted} was found. The first line must name customer_id, date and amount;"
                f" it names {shown[:200]}."
            )
        found.append(place)
    return found


def _key(heading: str) -> str:
    """`orderDate`, `Order Date` and `order_date` are one heading; so are `N° client` and `n client`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", heading.strip())
    return re.sub(r"[^a-z0-9]+", "_", fold(apart)).strip("_")


def _orders(read: Sequence[tuple[int, list[str]]], dates: "_Dates") -> Iterator[tuple[str, int, float]]:
    faults = []
    for number, (customer, written, amount) in read:
        day, value = dates.read(written), _read_amount(amount)
        if not customer or day is None or value is None:
            what = "the customer is missing" if not customer else f"“{written}” is not a date"
            what = what if not customer or day is None else f"“{amount}” is not an amount"
            faults.append(f"line {number}: {what}")
        elif not faults:
            yield customer, day, value
    if faults:
        more = f" and {len(faults) - MOST_SAID} more" if len(faults) > MOST_SAID else ""
        raise UnreadableOrdersError(f"The file cannot be read: {'; '.join(faults[:MOST_SAID])}{more}.")


class _Dates:
    """Days as the file writes them; whether the month comes first is seen from all of them (else the day does)."""

    def __init__(self, written: Sequence[str]) -> None:
        parts = [found for found in map(_WRITTEN.fullmatch, written) if found]
        is_day_first = any(int(found[1]) > MONTHS for found in parts)
        self.is_month_first = not is_day_first and any(int(found[2]) > MONTHS for found in parts)

    def read(self, written: str) -> int | None:
        """The ordinal of the day, None for what is no date."""
        plain, local = _DAY.fullmatch(written), _WRITTEN.fullmatch(written)
        try:
            if plain:
                return date(int(plain[1]), int(plain[2]), int(plain[3])).toordinal()
            if local:
                first, second, year = int(local[1]), int(local[2]), int(local[3])
                day, month = (second, first) if self.is_month_first else (first, second)
                return date(year if year > 99 else 2000 + year, month, day).toordinal()  # noqa: PLR2004 - two digits
        except ValueError:
            return None
        named = check_date(written, today=date.max, is_birth=False).kept if written else ""
        return date.fromisoformat(named).toordinal() if named else None


def _read_amount(written: str) -> float | None:
    """12.50, 12,50, 1 234,50, 1,234.50, with or without a currency's sign; (5.00) and −5.00 are taken back."""
    plain = re.sub(r"[\s\u00a0\u202f€$£]|EUR|USD|GBP|CHF", "", written).replace("\u2212", "-")
    plain = re.sub(r"\A\((.+)\)\Z", r"-\1", plain)
    if "," in plain and "." in plain:
        plain = plain.replace("." if plain.rfind(",") > plain.rfind(".") else ",", "")
    plain = plain.replace(",", ".")
    value = float(plain) if _NUMBER.fullmatch(plain) else inf
    return value if isfinite(value) else None
