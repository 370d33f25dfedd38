"""What the double of Twilio answers about calls and their recordings (Calls and Recordings resources, 2010-04-01)."""

from collections import deque
from collections.abc import Mapping
from typing import Any


def answer_of_calls(
    path: str,
    parent: str,
    *,
    account: str,
    calls: Mapping[str, tuple[str, tuple[str, ...]]],
    recordings: Mapping[str, deque[bytes | None]],
) -> bytes | dict[str, Any] | None:
    """The sound of a recording, a call, or the list of the legs of `parent`; None for 404, as for what is not there yet."""
    folder, _, name = path.rpartition("/")
    if folder == f"/2010-04-01/Accounts/{account}/Recordings":
        looks = recordings.get(name.removesuffix(".mp3"), deque())
        return looks.popleft() if looks else None
    sid = parent or name.removesuffix(".json")
    if sid not in calls:
        return None
    status, legs = calls[sid]
    listed = [{"sid": f"CA{number:032x}", "status": leg} for number, leg in enumerate(legs)]
    return {"calls": listed, "next_page_uri": None} if parent else {"sid": sid, "status": status}
