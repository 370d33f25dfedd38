"""A note about a customer as it is handed out."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NoteRow:
    """`agent_id` is None when no person of the staff wrote it."""

    id: int
    customer_id: int
    agent_id: int | None
    author_name: str
    text: str
    created_at: datetime
