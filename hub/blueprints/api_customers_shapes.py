"""The JSON shapes of customers that other systems send."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.blueprints.api_ticket_shapes import Person

MOST = 500
Line = Annotated[str, StringConstraints(max_length=254)]
Properties = Annotated[dict[str, Any], Field(max_length=100)]
OF_PROPERTIES = "values of typed properties by key; null takes one away"


class CustomerBody(Person):
    """A customer to find or make by any id: empty fields are filled, none is overwritten."""

    birth_on: date | None = None
    street: Line = ""
    town: Line = ""
    properties: Properties = Field(default_factory=dict, description=OF_PROPERTIES)
    store: Annotated[str, StringConstraints(max_length=254)] | None = Field(
        default=None, description="code of the preferred store"
    )


class CustomerPatch(Person):
    """Only the fields given are changed; an empty mail or phone takes the primary one away."""

    birth_on: date | None = None
    street: Line = ""
    town: Line = ""
    properties: Properties = Field(default_factory=dict, description=OF_PROPERTIES)


class CustomersBody(BaseModel):
    """Up to 500 customers to find or make, each for itself."""

    model_config = ConfigDict(extra="forbid")

    customers: Annotated[list[CustomerBody], Field(max_length=MOST)]
