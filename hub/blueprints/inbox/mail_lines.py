"""What the thread shows of a mail beside its words: who really wrote, its layout and source, its files in words."""

from typing import Any

from flask import url_for
from flask_babel import gettext

from hub.core.words import Channel
from hub.inbox.queries import AttachmentRow, ThreadMessage
from hub.inbox.queries.mails import has_remote_pictures
from hub.inbox.words import MessageKind

MAIL = "message/rfc822"
SOUNDS = frozenset({"audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4"})
"""What browsers play."""
_FROM_OUTSIDE = frozenset({MessageKind.CUSTOMER, MessageKind.AUTO_REPLY})


def mail_of(message: ThreadMessage) -> dict[str, Any]:
    """`written_from` is the address behind the name, shown as it is; `claims` an address that the name only claims."""
    is_mail = message.channel is Channel.EMAIL and message.kind in _FROM_OUTSIDE
    address = (message.author_address or "") if is_mail else ""
    is_named = bool(message.author_name) and message.author_name != address
    return {
        "written_from": address if is_named else "",
        "claims": "@" in message.author_name and address.lower() not in message.author_name.lower(),
        "is_auto_reply": message.kind is MessageKind.AUTO_REPLY,
        "has_remote": bool(message.html) and has_remote_pictures(message.html),
        "has_source": is_mail and message.arrival_id is not None,
    }


def file_of(row: AttachmentRow) -> dict[str, str]:
    """Type in words, where a mail inside the mail may be read, and whether a browser can play it."""
    return {
        "type": file_type_words(row.media_type),
        "read_href": url_for("inbox.attached_mail", attachment_id=row.id) if row.media_type == MAIL else "",
        "is_sound": "yes" if row.media_type in SOUNDS else "",
    }


def file_type_words(media_type: str) -> str:
    """What the content of a file is, in one or two words."""
    known = {
        "application/pdf": "PDF",
        "text/plain": gettext("text"),
        "text/csv": "CSV",
        "text/html": gettext("web page"),
        "text/calendar": gettext("calendar entry"),
        "text/vcard": gettext("contact card"),
        MAIL: gettext("e-mail"),
        "application/msword": "Word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
        "application/vnd.ms-excel": "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
        "application/zip": "ZIP",
        "application/vnd.microsoft.portable-executable": gettext("program, do not open"),
        "application/x-executable": gettext("program, do not open"),
        "application/x-empty": gettext("empty"),
        "application/octet-stream": gettext("unknown type"),
    }
    kind, _, name = media_type.partition("/")
    families = {"image": gettext("image"), "audio": gettext("sound"), "video": gettext("video")}
    if media_type in known:
        return known[media_type]
    short = name.removeprefix("x-").partition("+")[0].upper()
    return f"{families[kind]} {short}" if kind in families else short
