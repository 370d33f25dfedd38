"""The mail behind a line of a thread: its layout made safe to show, with the pictures it brought along."""

import base64
from collections.abc import Iterable

from hub.channels.mail_parsing.sanitise import has_blocked_images, show_html
from hub.core import files
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.inbox.queries.rows import AttachmentRow, ThreadMessage
from hub.inbox.queries.tickets import list_thread

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
LARGEST_PICTURE_BYTES = 2_000_000
MOST_PICTURE_BYTES = 8_000_000


def get_message(ticket_id: int, message_id: int) -> ThreadMessage:
    """One line of the ticket, or of one merged into it. The caller has looked the ticket up with permission.

    Raises NotFound.
    """
    for message in list_thread(ticket_id):
        if message.id == message_id:
            return message
    raise NotFound(N_("This message is not in the ticket any more. Please reload the page."))


def get_layout(ticket_id: int, message_id: int, *, show_remote_images: bool) -> str:
    """The HTML of a mail for a frame that may do nothing. Raises NotFound when it has no layout of its own.

    Pictures of the mail itself stand in it as `data:`; SVG never does. Remote pictures only when they were asked for.
    """
    message = get_message(ticket_id, message_id)
    if not message.html:
        raise NotFound(N_("This message has no other layout."))
    return show_html(
        message.html, inline=_pictures(message.attachments), show_remote_images=show_remote_images
    )


def has_remote_pictures(html: str) -> bool:
    """Whether the layout of a mail would load pictures from other servers."""
    return has_blocked_images(html)


def _pictures(attachments: Iterable[AttachmentRow]) -> dict[str, str]:
    """`data:` addresses by Content-ID, of pictures by content and of a reasonable size."""
    found: dict[str, str] = {}
    left = MOST_PICTURE_BYTES
    for row in attachments:
        is_shown = row.media_type in PICTURES and row.size_bytes <= min(left, LARGEST_PICTURE_BYTES)
        if row.content_id and is_shown:
            left -= row.size_bytes
            content = base64.b64encode(files.read(row.sha256)).decode()
            found[row.content_id.strip("<>")] = f"data:{row.media_type};base64,{content}"
    return found
