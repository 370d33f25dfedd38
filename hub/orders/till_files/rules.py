"""Reads the rows of a till file: which column is what, which rows are one ticket, and what a ticket says: pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.text import N_, fold
from hub.orders.products.rules import read_cents, why_not_read
from hub.orders.rows import FieldError
from hub.orders.till_files.words import TillColumn as Column

WORDS: Mapping[Column, tuple[str, ...]] = {
    Column.TICKET: ("ticket", "no ticket", "n ticket", "numero ticket", "num ticket", "ticket number", "receipt", "receipt number", "transaction", "facture"),
    Column.STORE: ("store", "store code", "magasin", "code magasin", "shop", "site", "point de vente", "pdv"),
    Column.DATE: ("date", "date ticket", "date vente", "sold on", "day", "jour", "date heure", "datetime", "horodatage"),
    Column.TIME: ("time", "heure", "hour"),
    Column.LOYALTY_CARD: ("loyalty card", "card", "carte", "carte fidelite", "carte de fidelite", "no carte", "n carte", "client carte"),
    Column.EMAIL: ("email", "e mail", "mail", "courriel", "adresse mail"),
    Column.PHONE: ("phone", "telephone", "tel", "mobile", "portable"),
    Column.FIRST_NAME: ("first name", "prenom"),
    Column.LAST_NAME: ("last name", "nom", "nom client", "name of customer"),
    Column.SKU: ("sku", "reference", "ref", "article", "code article", "ean", "product code", "code produit"),
    Column.NAME: ("name", "libelle", "designation", "product", "produit", "description"),
    Column.QUANTITY: ("quantity", "qty", "quantite", "qte", "nombre"),
    Column.UNIT_PRICE: ("unit price", "prix unitaire", "pu", "pu ttc", "price", "prix"),
    Column.AMOUNT: ("amount", "montant", "montant ttc", "montant ligne", "line amount", "line total", "total ligne"),
    Column.TOTAL: ("total", "total ticket", "total ttc", "ticket total", "montant ticket"),
    Column.ORIGINAL_TICKET: ("original ticket", "ticket origine", "ticket d origine", "ticket initial", "returned ticket"),
}  # fmt: skip
MEANINGS = {text: column for column, texts in WORDS.items() for text in texts}
NEEDED = (Column.TICKET, Column.DATE, Column.SKU)
DAY = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})")
CLOCK = re.compile(r"(\d{1,2})[:hH](\d{2})(?::?(\d{2}))?")
AMOUNT_OF = re.compile(r"[-+]?(?=[.\d])\d{0,6}(\.\d{0,6})?")
CENTURY, LONG_YEAR = 2000, 1000
MOST_DASHES = 5

MISSING = N_("This field is required.")
WITH_OTHERS = N_("Another row of this ticket cannot be read, so that its total would be wrong.")
NO_ORIGINAL = N_(
    "It is not known which ticket this came back from. Please give the number of the original ticket."
)


@dataclass(frozen=True)
class Line:
    """One row: what was sold or came back (negative quantity), in cents for the whole line.

    A negative amount of a positive quantity is a discount on a ticket that sells, else it came back too.
    `original` is the ticket it came back from, as written.
    """

    number: int
    sku: str
    name: str
    quantity: int
    amount_cents: int
    original: str = ""


@dataclass
class Ticket:
    """The rows of one number of one store, in the order of the file; `errors` by row number when one is unreadable."""

    store: str
    number: str
    values: Mapping[Column, str]
    rows: dict[int, Mapping[str, str]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    errors: dict[int, FieldError] = field(default_factory=dict)

    @property
    def external_id(self) -> str:
        """Numbers of tickets run on within a store (in France by law: inalterability of tills, NF 525)."""
        return f"{self.store}-{self.number}"

    @property
    def is_anonymous(self) -> bool:
        who = (Column.LOYALTY_CARD, Column.EMAIL, Column.PHONE)
        return not any(self.values.get(column) for column in who)

    @property
    def sold(self) -> list[Line]:
        return [line for line in self.lines if line.quantity > 0 and line.amount_cents >= 0]

    @property
    def discount_cents(self) -> int:
        """What lines of discount take off what was sold, as a positive amount."""
        takes_off = [line for line in self.lines if line.quantity > 0 and line.amount_cents < 0]
        return -sum(line.amount_cents for line in takes_off) if self.sold else 0

    @property
    def brought_back(self) -> list[Line]:
        is_refund = not self.sold
        return [line for line in self.lines if line.quantity < 0 or (is_refund and line.amount_cents < 0)]

    @property
    def names_original(self) -> bool:
        return any(self.original_of(line) for line in self.brought_back)

    def original_of(self, line: Line) -> str:
        """The ticket or order that the line names to have come back from, else the one its ticket names; "" for none."""
        return line.original or _original(self.values)


def match_columns(headings: Sequence[str], chosen: Mapping[str, str]) -> dict[int, Column]:
    """Place to meaning: what the chain chose for such a heading before, else what the word says; each meaning once."""
    found: dict[int, Column] = {}
    for place, heading in enumerate(headings):
        plain = plain_heading(heading)
        meaning = Column(chosen[plain]) if chosen.get(plain) in set(Column) else MEANINGS.get(plain)
        if meaning is not None and meaning not in found.values():
            found[place] = meaning
    return found


def plain_heading(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(text.replace("°", " "))).strip()


def list_missing(columns: Iterable[Column], *, has_store: bool) -> list[Column]:
    """What no column says and a ticket cannot do without."""
    given = set(columns)
    missing = [column for column in NEEDED if column not in given]
    if Column.AMOUNT not in given and Column.UNIT_PRICE not in given:
        missing.append(Column.AMOUNT)
    if Column.STORE not in given and not has_store:
        missing.append(Column.STORE)
    return missing


def gather_tickets(
    rows: Iterable[tuple[int, Sequence[str]]], mapping: Mapping[int, Column], *, store: str
) -> list[Ticket]:
    """The rows as tickets, those of one ticket together wherever they stand; `store` where no column says."""
    tickets: dict[tuple[str, str], Ticket] = {}
    for number, row in rows:
        values = {column: row[place].strip() for place, column in mapping.items() if place < len(row)}
        key = (values.get(Column.STORE) or store, values.get(Column.TICKET, "").lstrip("#"))
        if not key[1]:
            key = (key[0], f"?{number}")
        ticket = tickets.setdefault(key, Ticket(key[0], key[1], values))
        ticket.rows[number] = {column.value: text for column, text in values.items() if text}
        line = read_line(number, values)
        if isinstance(line, Line):
            ticket.lines.append(line)
        else:
            ticket.errors[number] = line
    return list(tickets.values())


def read_line(number: int, values: Mapping[Column, str]) -> Line | FieldError:
    """What one row sold, took off or took back. A weight (0,350) at its price is one piece of that amount."""
    if not values.get(Column.TICKET):
        return FieldError(Column.TICKET.value, MISSING, {})
    column = Column.QUANTITY
    try:
        weight = _quantity(values.get(Column.QUANTITY, ""))
        column = Column.AMOUNT
        amount = read_cents(values.get(Column.AMOUNT, ""))
        if amount is None:
            column = Column.UNIT_PRICE
            price = read_cents(values.get(Column.UNIT_PRICE, ""))
            if price is None:
                return FieldError(Column.AMOUNT.value, MISSING, {})
            amount = int((price * weight).quantize(Decimal(1), ROUND_HALF_UP))
    except ValueError as error:
        return FieldError(column.value, why_not_read(error), {"given": values.get(column, "")[:80]})
    original = _original(values)
    quantity = _pieces(weight)
    if amount < 0 and (original or quantity < 0):
        quantity, amount = -abs(quantity), abs(amount)
    if not values.get(Column.SKU) and amount >= 0:
        return FieldError(Column.SKU.value, MISSING, {})
    return Line(number, values.get(Column.SKU, ""), values.get(Column.NAME, ""), quantity, amount, original)


def _quantity(text: str) -> Decimal:
    plain = text.replace(",", ".").replace(" ", "").replace("\u00a0", "")
    if not plain:
        return Decimal(1)
    if not AMOUNT_OF.fullmatch(plain) or Decimal(plain) == 0:
        raise ValueError(text)
    return Decimal(plain)


def _pieces(weight: Decimal) -> int:
    return int(weight) if weight == int(weight) else (1 if weight > 0 else -1)


def read_moment(values: Mapping[Column, str], zone: ZoneInfo) -> datetime | None:
    """When the ticket was printed: date and time of the store, 12:00 where no time is given; None when unreadable."""
    text = values.get(Column.DATE, "")
    found = DAY.search(text)
    clock = CLOCK.search(values.get(Column.TIME, "")) or CLOCK.search(text[found.end() :] if found else "")
    if found is None:
        return None
    first, month, last = (int(part) for part in found.groups())
    year, day = (first, last) if first > LONG_YEAR else (last if last > LONG_YEAR else CENTURY + last, first)
    try:
        at = time(int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else time(12)
        return datetime.combine(date(year, month, day), at, tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def order_of(ticket: Ticket, *, placed_at: datetime) -> dict[str, Any]:
    """The sold lines as the neutral order event, less discounts; the goods were taken home at once."""
    total = max(0, sum(line.amount_cents for line in ticket.sold) - ticket.discount_cents)
    moment = placed_at.isoformat()
    return {
        "external_id": ticket.external_id,
        "store": ticket.store,
        "customer": customer_of(ticket),
        "placed_at": moment,
        "delivered_at": moment,
        "state": "delivered",
        "total_cents": _total_of(ticket) or total,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price_cents": round(line.amount_cents / line.quantity),
            }
            for line in ticket.sold
        ],
    }


def _total_of(ticket: Ticket) -> int | None:
    """The printed total, where the ticket took nothing back."""
    if ticket.brought_back:
        return None
    try:
        total = read_cents(ticket.values.get(Column.TOTAL, ""))
    except ValueError:
        return None
    return total if total is not None and total >= 0 else None


def customer_of(ticket: Ticket) -> dict[str, str]:
    names = (Column.LOYALTY_CARD, Column.EMAIL, Column.PHONE, Column.FIRST_NAME, Column.LAST_NAME)
    return {column.value: ticket.values[column] for column in names if ticket.values.get(column)}


def return_of(
    ticket: Ticket, lines: Sequence[Line], *, order_number: str, returned_at: datetime
) -> dict[str, Any]:
    """The lines that came back from one order as its return."""
    return {
        "external_id": f"{ticket.external_id}-R-{order_number}",
        "order": order_number,
        "returned_at": returned_at.isoformat(),
        "lines": [
            {"sku": line.sku, "quantity": abs(line.quantity), "amount_cents": abs(line.amount_cents)}
            for line in lines
        ],
    }


def _original(values: Mapping[Column, str]) -> str:
    return values.get(Column.ORIGINAL_TICKET, "").strip().lstrip("#")


def within_store(ticket: Ticket, given: str) -> str:
    """The number of a ticket as a ticket of the same store."""
    return given if given.startswith(f"{ticket.store}-") else f"{ticket.store}-{given}"


def codes_in(given: str) -> list[str]:
    """What may be the code of a store in front of a number: PARIS of PARIS-88, LYON and LYON-2 of LYON-2-88."""
    parts = given.split("-")
    return ["-".join(parts[:end]) for end in range(1, min(len(parts), MOST_DASHES))]
