"""The link of the question why: signed, self-contained, good for a season; no log-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core import signing, site

PURPOSE = "why"
LINK_DAYS = 120


@dataclass(frozen=True)
class WhyLink:
    """Whom it was sent to, and what asked (`plan:anti_churn`)."""

    customer_id: int
    source: str


def why_link(customer_id: int, source: str, *, machine_now: datetime) -> str:
    """The address for a letter (`why_url`); `source` is a keyword of ours, such as `plan:anti_churn`.

    One customer and source have one answer. Good for 120 days of machine time.
    """
    expires_at = machine_now + timedelta(days=LINK_DAYS)
    token = signing.sign(PURPOSE, {"c": customer_id, "s": source}, expires_at=expires_at)
    return f"{site.base_url()}/why/{token}"


def read_why_link(token: str, *, machine_now: datetime) -> WhyLink:
    """Raises NotFound when it is mangled, Gone when it is too old."""
    payload = signing.read(PURPOSE, token, now=machine_now)
    return WhyLink(int(payload["c"]), str(payload["s"]))
