"""A fact as a wire of the switchboard sees it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Happening:
    """`happened_at` is business time; `data` holds the ids and numbers of the fact."""

    fact_id: int
    customer_id: int | None
    happened_at: datetime
    data: dict[str, Any]

    @property
    def customer(self) -> int:
        """The customer of a fact that always has one. Raises ValueError otherwise, so that the wire is retried."""
        if self.customer_id is None:
            raise ValueError(f"Fact {self.fact_id} has no customer.")
        return self.customer_id


Effect = Callable[[Happening], None]
