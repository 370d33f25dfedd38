"""Amazon's notices of delivery, bounce and complaint that come by mail: one JSON object in the text.

Source: docs.aws.amazon.com/ses/latest/dg/notification-contents.html, event-publishing-retrieving-sns-contents.html; the
protocol "email-json" wraps it in a notification (docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html).
"""

import json
from typing import Any

from hub.channels.mail_parsing.facts import Report
from hub.channels.mail_parsing.words import ReportClass

_SENDER = "@sns.amazonaws.com"
_CLASSES = {
    "Delivery": ReportClass.DELIVERED,
    "Complaint": ReportClass.COMPLAINT,
    "DeliveryDelay": ReportClass.SOFT,
    "Reject": ReportClass.CONTENT,
    "Rendering Failure": ReportClass.CONTENT,
}
_PARTS = {
    "Delivery": ("delivery", "recipients"),
    "Bounce": ("bounce", "bouncedRecipients"),
    "Complaint": ("complaint", "complainedRecipients"),
    "DeliveryDelay": ("deliveryDelay", "delayedRecipients"),
    "Reject": ("reject", ""),
    "Rendering Failure": ("failure", ""),
}
_WORDS = ("smtpResponse", "reason", "errorMessage", "delayType")


def read_sns_report(text: str, from_address: str, sent_to: tuple[str, ...]) -> Report | None:
    """None when it is no such notice; what is missing in one is left empty, and a kind unknown to us means nothing."""
    if not from_address.lower().endswith(_SENDER):
        return None
    notice = _read(text)
    if isinstance(notice.get("Message"), str):
        notice = _read(notice["Message"])
    kind = str(notice.get("notificationType") or notice.get("eventType") or "")
    if not kind or (kind not in _PARTS and "mail" not in notice):
        return None
    part, names = _PARTS.get(kind, ("", ""))
    about, mail = _dict(notice.get(part)), _dict(notice.get("mail"))
    people = [_dict(each) or {"emailAddress": each} for each in _list(about.get(names))]
    recipients = tuple(str(each.get("emailAddress", "")) for each in people)
    first = people[0] if people else {}
    words = (str(about[name]) for name in _WORDS if about.get(name))
    message_id = _dict(mail.get("commonHeaders")).get("messageId")
    return Report(
        recipient=recipients[0] if recipients else None,
        status=str(first["status"]) if first.get("status") else None,
        report_class=_bounce_class(about) if kind == "Bounce" else _CLASSES.get(kind, ReportClass.AUTO),
        action=kind.lower()[:80],
        diagnostic=str(first.get("diagnosticCode") or next(words, ""))[:1_000],
        recipients=recipients,
        original_message_id=str(message_id) if message_id else None,
        sent_to=sent_to,
    )


def _bounce_class(about: dict[str, Any]) -> ReportClass:
    """Permanent with a known reason is about the address; all else may pass."""
    is_address = str(about.get("bounceSubType")) in {"General", "NoEmail"}
    return ReportClass.HARD if about.get("bounceType") == "Permanent" and is_address else ReportClass.SOFT


def _read(text: str) -> dict[str, Any]:
    """The object that a text begins with; empty when it begins with none."""
    plain = text.lstrip()
    if not plain.startswith("{"):
        return {}
    try:
        return _dict(json.JSONDecoder().raw_decode(plain)[0])
    except (ValueError, RecursionError):
        return {}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
