"""What a check found: a sentence that says what to do, where it belongs, and whether it stops the publishing. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`text` is an English msgid, its places filled from `values` after translation. `page`, `question`: keys, "" for the whole.

    A value that is the key of a question or a page is said by its place in `values` as `question` or `page`.
    """

    text: str
    is_error: bool = True
    page: str = ""
    question: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
