"""Amazon's notices of delivery, bounce and complaint that come by mail: one JSON object in the text.

Source: docs.aws.amazon.com/ses/latest/dg/notification-contents.html.
"""

import json
from typing import Any

from hub.channels.mail_parsing.facts import Report
from hub.channels.mail_parsing.words import ReportClass

_SENDER = "@sns.amazonaws.com"
_CLASSES = {"Delivery": ReportClass.DELIVERED, "Complaint": ReportClass.COMPLAINT}
_PARTS = {
    "Delivery": ("delivery", "recipients"),
    "Bounce": ("bounce", "bouncedRecipients"),
    "Complaint": ("complaint", "complainedRecipients"),
}


def read_sns_report(text: str, from_address: str, sent_to: tuple[str, ...]) -> Report | None:
    """None when it is no such notice; what is missing in one is left empty."""
    if not from_address.lower().endswith(_SENDER) or not text.lstrip().startswith("{"):
        return None
    try:
        notice, _ = json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return None
    kind = str(notice.get("notificationType") or notice.get("eventType") or "")
    if kind not in _PARTS:
        return None
    part, names = _PARTS[kind]
    about, mail = _dict(notice.get(part)), _dict(notice.get("mail"))
    people = [_dict(each) or {"emailAddress": each} for each in _list(about.get(names))]
    recipients = tuple(str(each.get("emailAddress", "")) for each in people)
    first = people[0] if people else {}
    message_id = _dict(mail.get("commonHeaders")).get("messageId")
    return Report(
        recipient=recipients[0] if recipients else None,
        status=str(first["status"]) if first.get("status") else None,
        report_class=_CLASSES.get(kind) or _bounce_class(about),
        action=kind.lower(),
        diagnostic=str(first.get("diagnosticCode") or about.get("smtpResponse") or "")[:1_000],
        recipients=recipients,
        original_message_id=str(message_id) if message_id else None,
        sent_to=sent_to,
    )


def _bounce_class(about: dict[str, Any]) -> ReportClass:
    """Permanent with a known reason is about the address; all else may pass."""
    is_address = about.get("bounceSubType") in {"General", "NoEmail"}
    return ReportClass.HARD if about.get("bounceType") == "Permanent" and is_address else ReportClass.SOFT


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
