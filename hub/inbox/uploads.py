"""Files handed in before the message they belong to: kept on the shelf, named by a token that only its owner can use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePath

from hub.channels.mail_parsing.file_types import sniff_type
from hub.core import files, signing
from hub.core.errors import HubError, Invalid
from hub.core.loose_files import note_loose
from hub.core.text import N_
from hub.inbox.values import IncomingFile

PURPOSE = "upload"
LIFE = timedelta(days=1)
MOST_FILES = 10
LONGEST_NAME = 200


def keep_upload(name: str, content: bytes, *, machine_now: datetime) -> IncomingFile:
    """The file on the shelf, typed by its content; one that no message takes leaves it after a week.

    Raises Invalid (field file) when it is empty.
    """
    if not content:
        raise Invalid(N_("This file is empty. Please choose another one."), field="file")
    plain = "".join(letter for letter in PurePath(name.replace("\\", "/")).name if letter.isprintable())
    title = plain[-LONGEST_NAME:] or "file"
    digest = files.keep(content)
    note_loose([digest], machine_now=machine_now)
    return IncomingFile(title, sniff_type(content, title), len(content), digest)


def make_token(file: IncomingFile, *, owner: str, machine_now: datetime) -> str:
    """The id of an upload: good for a day, and only for `owner`."""
    payload = {"name": file.name, "type": file.media_type, "size": file.size_bytes, "sha256": file.sha256}
    return signing.sign(PURPOSE, payload | {"owner": owner}, expires_at=machine_now + LIFE)


def read_tokens(tokens: Sequence[str], *, owner: str, machine_now: datetime) -> tuple[IncomingFile, ...]:
    """The files behind ids. Raises Invalid (field attachments) for one that is mangled, old or of somebody else."""
    if len(tokens) > MOST_FILES:
        raise Invalid(
            N_("At most %(most)s files in one message. Please send the others with another one."),
            field="attachments",
            most=MOST_FILES,
        )
    return tuple(_read(token, owner, machine_now) for token in tokens)


def _read(token: str, owner: str, machine_now: datetime) -> IncomingFile:
    try:
        found = signing.read(PURPOSE, token, now=machine_now)
    except HubError:
        found = {}
    if found.get("owner") != owner:
        raise Invalid(
            N_("No file of yours has this id, or it is older than a day. Please upload it again."),
            field="attachments",
        )
    return IncomingFile(found["name"], found["type"], found["size"], found["sha256"])
