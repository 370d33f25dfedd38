"""The last weeks in the log of touches: people, mail scanners, and a few who closed the page without the button."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hub.core import clock
from hub.demo.copying import copy_rows
from hub.surveys.actions import note_intent
from hub.surveys.links import token_of
from hub.surveys.models import Touch
from hub.surveys.rules import Confirmation, Source
from hub.surveys.words import Choice, TouchLabel, TouchMethod, TouchReason

Row = dict[str, Any]
REMEMBERED = timedelta(days=28)
SCANNED_SHARE, LOOKED_SHARE, MANGLED_SHARE = 0.18, 0.06, 0.01
PHONES = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
)
SCANNER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/119.0.0.0 Safari/537.36"
CLOSED_EARLY = (Choice.NOT_SATISFIED, Choice.VERY_SATISFIED, Choice.NOT_SATISFIED)


def make_touches(
    invitations: Sequence[Mapping[str, Any]],
    answers: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    random: Random,
) -> None:
    """Lines for the invitations of the last four weeks. The log is kept by machine time, its days shown are ours."""
    recent = [row for row in invitations if row["accepted_at"] > now - REMEMBERED]
    by_invitation = {row["invitation_id"]: row for row in answers}
    rows: list[Row] = []
    for invitation in recent:
        rows += _around(invitation, by_invitation.get(invitation["id"]), random)
    rows.sort(key=lambda row: row["happened_at"])
    lead = now - clock.machine_now()
    for number, row in enumerate(rows, 1):
        row |= {"id": number, "touched_at": row["happened_at"] - lead}
    copy_rows(Touch, [row for row in rows if row["happened_at"] <= now])
    _close_early([row["id"] for row in recent if not row["answer_count"]], now=now, lead=lead)


def _around(invitation: Mapping[str, Any], answer: Mapping[str, Any] | None, random: Random) -> list[Row]:
    """What came for one invitation: perhaps a scanner just after the mail, then perhaps a person."""
    sent = invitation["accepted_at"]
    rows: list[Row] = []
    if random.random() < SCANNED_SHARE:
        rows += _scan(sent + timedelta(seconds=random.uniform(2, 30)), f"{random.randrange(5):016x}")
    person, agent = f"{random.getrandbits(64):016x}", random.choice(PHONES)
    if answer is not None:
        at, choice = answer["answered_at"], answer["choice"].value
        seen = _touch(at - timedelta(seconds=random.uniform(4, 40)), choice, person, agent)
        pressed = {"method": TouchMethod.POST, "label": TouchLabel.HUMAN, "reason": TouchReason.BUTTON}
        rows += [seen, _touch(at, choice, person, agent) | pressed | {"answer_id": answer["id"]}]
    elif random.random() < LOOKED_SHARE:
        at = sent + timedelta(hours=random.uniform(1, 60))
        rows.append(_touch(at, random.choice("123"), person, agent))
    elif random.random() < MANGLED_SHARE:
        mangled = {"label": TouchLabel.MANGLED, "reason": TouchReason.MANGLED}
        rows.append(_touch(sent + timedelta(seconds=9), "3", person, SCANNER) | mangled)
    return [row | {"invitation_id": invitation["id"]} for row in rows]


def _scan(at: datetime, source: str) -> list[Row]:
    """A probe, then every box within two seconds."""
    probe = {"method": TouchMethod.HEAD, "label": TouchLabel.MACHINE, "reason": TouchReason.HEAD}
    burst = {"label": TouchLabel.MACHINE, "reason": TouchReason.BURST}
    looks = [
        _touch(at + timedelta(seconds=0.6 * n), box, source, SCANNER) | burst for n, box in enumerate("321")
    ]
    return [_touch(at - timedelta(seconds=1), "3", source, SCANNER) | probe, *looks]


def _touch(at: datetime, choice: str, source: str, user_agent: str) -> Row:
    return {
        "choice": choice,
        "method": TouchMethod.GET,
        "label": TouchLabel.SINGLE,
        "reason": TouchReason.ALONE,
        "source_hash": source,
        "user_agent": user_agent,
        "happened_at": at,
        "answer_id": None,
    }


def _close_early(open_ids: Sequence[int], *, now: datetime, lead: timedelta) -> None:
    """Through the very action that the page's script calls: the unhappy ones become tickets when the demo starts."""
    for number, (invitation_id, choice) in enumerate(zip(open_ids[-3:], CLOSED_EARLY, strict=False)):
        at = now - timedelta(minutes=50 - 10 * number)
        seen = Confirmation(choice, f"demo-early-{number}", at - lead - timedelta(seconds=14), at - lead)
        source = Source(f"{0xD0 + number:016x}", PHONES[number])
        note_intent(token=token_of(invitation_id), confirmation=seen, source=source, now=at)
