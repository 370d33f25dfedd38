"""The JSON shapes of products, baskets, visits, returns and till files: what is taken and what is answered."""

from collections.abc import Sequence
from typing import Annotated, Any

from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.blueprints.openapi_parts import get, send, upload
from hub.blueprints.openapi_schemas import (
    MAYBE_MOMENT,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    MOMENT,
    NUMBER,
    TEXT,
    Schema,
    enum,
    many,
    ref,
    whole,
)
from hub.orders.behaviour.payload import BasketPayload, VisitPayload
from hub.orders.behaviour.rows import BasketRow, VisitsTaken
from hub.orders.behaviour.words import BasketState
from hub.orders.products.rows import ProductsTaken
from hub.orders.products.rules import ProductDetails
from hub.orders.returns import ReturnPayload
from hub.orders.rows import FieldError, TakenReturn
from hub.orders.till_files.queries import TillFileRow
from hub.orders.till_files.words import TillFileState
from hub.orders.words import EventOutcome

MOST_PRODUCTS = 500
Text = Annotated[str, StringConstraints(max_length=300)]
Url = Annotated[str, StringConstraints(max_length=2000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProductBody(_Strict):
    """A product as a whole; `complements` left out leaves those known alone."""

    sku: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    name: Text = ""
    family: Text = ""
    range: Text = Field(default="", description="its place among its like, for example standard or premium")
    range_position: int | None = Field(
        default=None, ge=1, le=9, description="1 entry to 9 top; left out it follows from a known range"
    )
    life_days: int | None = Field(default=None, ge=1, le=36500, description="until it wants renewal")
    cycle_days: int | None = Field(default=None, ge=1, le=36500, description="until it is used up")
    next_sku: Annotated[str, StringConstraints(max_length=200)] = Field(
        default="", description="what is bought after it; empty: the same again"
    )
    price_cents: int | None = Field(default=None, ge=0, le=10**12)
    url: Url = ""
    image_url: Url = ""
    is_active: bool = True
    complements: Annotated[list[Text], Field(max_length=50)] | None = Field(
        default=None, description="skus of what goes with it, the best one first"
    )

    def details(self) -> ProductDetails:
        """As the orders room takes it."""
        given = self.model_dump(exclude={"complements"})
        complements = None if self.complements is None else tuple(self.complements)
        return ProductDetails(**given, complements=complements)


class ProductsBody(_Strict):
    """Up to 500 products, made or brought up to date by sku."""

    products: Annotated[list[ProductBody], Field(max_length=MOST_PRODUCTS)]


class VisitsBody(_Strict):
    """Up to 500 visits; each is taken or refused for itself."""

    visits: Annotated[list[VisitPayload], Field(max_length=500)]


BODIES: tuple[type[BaseModel], ...] = (ProductsBody, VisitsBody, BasketPayload, ReturnPayload)
REFUSED: Schema = whole({"position": NUMBER, "field": TEXT, "message": TEXT})
BASKET: Schema = whole(
    {
        "id": NUMBER,
        "external_id": TEXT,
        "customer_id": MAYBE_NUMBER,
        "state": enum(BasketState),
        "total_cents": NUMBER,
        "currency": TEXT,
        "order_id": MAYBE_NUMBER,
        "updated_at": MOMENT,
        "closed_at": MAYBE_MOMENT,
        "lines": many(
            whole({"sku": TEXT, "name": TEXT, "quantity": NUMBER, "unit_price_cents": NUMBER, "family": TEXT})
        ),
    }
)
RETURN: Schema = whole(
    {
        "external_id": TEXT,
        "order": TEXT,
        "order_id": MAYBE_NUMBER,
        "amount_cents": NUMBER,
        "returned_at": MOMENT,
    }
)
TILL_FILE: Schema = whole(
    {
        "id": NUMBER,
        "name": TEXT,
        "state": enum(TillFileState),
        "rows": NUMBER,
        "taken": NUMBER,
        "unchanged": NUMBER,
        "anonymous": NUMBER,
        "refused": NUMBER,
        "error": MAYBE_TEXT,
    }
)
ANSWERS: dict[str, Schema] = {"Basket": BASKET, "Return": RETURN, "TillFile": TILL_FILE}


def paths() -> dict[str, Any]:
    """The operations of these doors."""
    counted = whole({"new": NUMBER, "known": NUMBER, "refused": many(REFUSED)})
    visited = whole({"taken": NUMBER, "unchanged": NUMBER, "refused": many(REFUSED)})
    outcome = enum(EventOutcome)
    basket = whole({"outcome": outcome, "basket": ref("Basket")})
    returned = whole(
        {"outcome": outcome, "return": ref("Return"), "order": {"anyOf": [ref("Order"), {"type": "null"}]}}
    )
    till = upload("A file of a till (CSV); a worker takes its tickets in")
    answered = {"application/json": {"schema": whole({"till_file": ref("TillFile")})}}
    till["responses"]["201"]["content"] = answered
    at = {"name": "file_id", "in": "path", "required": True, "schema": {**NUMBER, "minimum": 1}}
    return {
        "/products": {"put": send("Make or update products", "ProductsBody", counted, status="200")},
        "/baskets": {
            "post": send("A basket as it is now; the newest one wins", "BasketPayload", basket, status="200")
        },
        "/visits": {"post": send("Visited pages, each once", "VisitsBody", visited, status="200")},
        "/returns": {
            "post": send("What came back, also before its order", "ReturnPayload", returned, status="200")
        },
        "/till-files": {"post": till},
        "/till-files/{file_id}": {
            "get": get("How far a file is", whole({"till_file": ref("TillFile")}), [at])
        },
    }


def basket_shape(row: BasketRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "external_id": row.external_id,
        "customer_id": row.customer_id,
        "state": row.state.value,
        "total_cents": row.total_cents,
        "currency": row.currency,
        "order_id": row.order_id,
        "updated_at": row.touched_at.isoformat(),
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price_cents": line.unit_price_cents,
                "family": line.family,
            }
            for line in row.lines
        ],
    }


def visits_shape(taken: VisitsTaken) -> dict[str, Any]:
    refused = [
        each | {"position": row.position} for row in taken.refused for each in fields_of(row.errors)[:1]
    ]
    return {"taken": taken.taken_count, "unchanged": taken.unchanged_count, "refused": refused}


def products_shape(taken: ProductsTaken) -> dict[str, Any]:
    refused = [
        {"position": row.position, **each} for row in taken.refused for each in fields_of((row.error,))
    ]
    return {"new": taken.new_count, "known": taken.known_count, "refused": refused}


def return_shape(taken: TakenReturn) -> dict[str, Any] | None:
    row = taken.returned
    if row is None:
        return None
    return {
        "external_id": row.external_id,
        "order": row.order_number,
        "order_id": row.order_id,
        "amount_cents": row.amount_cents,
        "returned_at": row.returned_at.isoformat(),
    }


def till_file_shape(row: TillFileRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state.value,
        "rows": row.row_count,
        "taken": row.taken_count,
        "unchanged": row.unchanged_count,
        "anonymous": row.anonymous_count,
        "refused": row.refused_count,
        "error": gettext(row.error) if row.error else None,
    }


def fields_of(errors: Sequence[FieldError]) -> list[dict[str, str]]:
    """What is to be corrected, in the caller's language."""
    return [
        {
            "field": error.field,
            "message": gettext(error.text, **error.values) if error.values else gettext(error.text),
        }
        for error in errors
    ]
