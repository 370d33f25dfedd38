"""Notices in the reader's words. A new kind: one line in SENTENCES and one in ICONS."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from hub.inbox.queries import NoticeRow
from hub.inbox.words import NoticeKind
from hub.reactions.figure_words import alert_words

ICONS: Mapping[str, str] = {
    NoticeKind.MENTIONED: "chat-bubble-left-ellipsis",
    NoticeKind.FOLLOWED: "bell",
    NoticeKind.WOKE: "clock",
    NoticeKind.ASSIGNED: "user-plus",
    NoticeKind.REPLY_HELD: "exclamation-triangle",
    NoticeKind.REPLY_FAILED: "exclamation-triangle",
    NoticeKind.EXPERT_ASKED: "light-bulb",
    NoticeKind.EXPERT_ANSWERED: "light-bulb",
    NoticeKind.MAIL_LOOP: "exclamation-triangle",
    NoticeKind.REMARKED: "truck",
    NoticeKind.GESTURE_ASKED: "gift",
    NoticeKind.GESTURE_DECIDED: "gift",
    NoticeKind.DEADLINE_NEAR: "clock",
    NoticeKind.DEADLINE_MISSED: "bell-alert",
    NoticeKind.PLAN_SAYS: "users",
    NoticeKind.FIGURE_ROSE: "chart-bar",
}
USUAL_ICON = "bell-alert"


def notice_words(row: NoticeRow) -> str:
    """What happened, in one sentence; the ticket is named beside it."""
    make = SENTENCES.get(row.kind)
    return make(row) if make else gettext("Something needs your attention")


def _mentioned(row: NoticeRow) -> str:
    return gettext("%(name)s named you in a note", name=row.by_name or gettext("Somebody"))


def _assigned(row: NoticeRow) -> str:
    if not row.by_name:
        return gettext("This ticket is yours now")
    return gettext("%(name)s gave you this ticket", name=row.by_name)


def _followed(row: NoticeRow) -> str:
    name = row.by_name or gettext("Somebody")
    said = {
        "customer_wrote": lambda: gettext("The customer wrote in a ticket you follow"),
        "replied": lambda: gettext("%(name)s answered in a ticket you follow", name=name),
        "noted": lambda: gettext("%(name)s left a note in a ticket you follow", name=name),
        "solved": lambda: gettext("%(name)s solved a ticket you follow", name=name),
    }
    return said.get(row.data.get("what", ""), lambda: gettext("News in a ticket you follow"))()


def _woke(row: NoticeRow) -> str:
    if row.data.get("why") == "customer":
        return gettext("The customer wrote in a ticket you had snoozed")
    return gettext("A ticket you had snoozed is back")


def _held(row: NoticeRow) -> str:
    if row.data.get("what") == "cancelled":
        return gettext("%(name)s cancelled your reply that was to leave later", name=row.by_name)
    if row.data.get("what") == "held_of_other":
        return gettext("A colleague's reply did not leave: please read it on the ticket")
    if row.data.get("what") == "held_away":
        return gettext(
            "Your reply in %(number)s did not leave: you do not answer that ticket any more",
            number=row.data.get("number", ""),
        )
    return gettext("Your reply did not leave: the ticket says why")


def _deadline_near(row: NoticeRow) -> str:
    return gettext("%(percent)s %% of the reply target have passed", percent=row.data.get("percent", 0))


def _deadline_missed(_row: NoticeRow) -> str:
    return gettext("The reply is late")


def _stormed(_row: NoticeRow) -> str:
    return gettext("A machine answers our automatic mails in this ticket: they are held back")


def _remarked(row: NoticeRow) -> str:
    return gettext("%(name)s left a remark at the delivery", name=row.by_name or gettext("Somebody"))


def _expert_asked(row: NoticeRow) -> str:
    if not row.by_name:
        return gettext("A routing rule asks you as an expert")
    return gettext("%(name)s asks you as an expert", name=row.by_name)


def _expert_answered(row: NoticeRow) -> str:
    return gettext(
        "%(name)s has answered what you asked the experts", name=row.by_name or gettext("Somebody")
    )


def _gesture_decided(row: NoticeRow) -> str:
    if row.data.get("is_granted"):
        return gettext("The gesture you asked for was granted")
    return gettext("The gesture you asked for was refused")


SENTENCES: dict[str, Callable[[NoticeRow], str]] = {
    NoticeKind.EXPERT_ASKED: _expert_asked,
    NoticeKind.EXPERT_ANSWERED: _expert_answered,
    NoticeKind.MENTIONED: _mentioned,
    NoticeKind.FOLLOWED: _followed,
    NoticeKind.WOKE: _woke,
    NoticeKind.ASSIGNED: _assigned,
    NoticeKind.REPLY_HELD: _held,
    NoticeKind.REPLY_FAILED: lambda _row: gettext("A reply was not delivered on the social network"),
    NoticeKind.MAIL_LOOP: _stormed,
    NoticeKind.REMARKED: _remarked,
    NoticeKind.GESTURE_ASKED: lambda _row: gettext("A gesture of goodwill waits for your decision"),
    NoticeKind.GESTURE_DECIDED: _gesture_decided,
    NoticeKind.DEADLINE_NEAR: _deadline_near,
    NoticeKind.DEADLINE_MISSED: _deadline_missed,
    NoticeKind.PLAN_SAYS: lambda row: gettext(
        "A plan says of a customer: %(words)s", words=row.data.get("words", "")
    ),
    NoticeKind.FIGURE_ROSE: lambda row: alert_words(row.data),
}


def line_of(row: NoticeRow) -> dict[str, Any]:
    """A notice as the template wants it."""
    return {
        "id": row.id,
        "icon": ICONS.get(row.kind, USUAL_ICON),
        "text": notice_words(row),
        "number": row.ticket_number,
        "subject": row.subject,
        "at": row.happened_at,
        "is_read": row.is_read,
    }
