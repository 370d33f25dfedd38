"""The JSON shapes of customers that other systems send."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from hub.blueprints.api_ticket_shapes import Person


class CustomerBody(Person):
    """A customer to find or make: empty fields are filled, none is overwritten."""

    birth_on: date | None = None
    store: Annotated[str, StringConstraints(max_length=254)] | None = Field(
        default=None, description="code of the preferred store"
    )


class CustomerPatch(Person):
    """Only the fields given are changed; an empty mail or phone takes the primary one away."""

    birth_on: date | None = None
