"""The JSON of `flask mail inspect`: every key, every file, never an exception."""

import hashlib
import json
from pathlib import Path

from hub.channels.mail_parsing.inspect import inspect_file
from tests.channels.raw import dsn, raw_mail

KEYS = {
    "file", "kind", "from_name", "from_address", "to", "subject", "text", "reply_text", "attachments", "message_id",
    "in_reply_to", "references", "report", "error", "kind_reasons", "quoted_text",
    "kind_without_ticket",
}  # fmt: skip


def test_good_and_bad_files(tmp_path: Path) -> None:
    files = {
        "mail.eml": raw_mail(),
        "empty.eml": b"",
        "junk.eml": bytes(range(256)),
        "report.eml": dsn(status="5.1.1", diagnostic="550 5.1.1 User unknown"),
    }
    for name, raw in files.items():
        (tmp_path / name).write_bytes(raw)
    found = {name: inspect_file(tmp_path / name) for name in (*files, "missing.eml", ".", "a\x00b")}
    for name, row in found.items():
        assert set(row) == KEYS, name
        json.dumps(row)
    assert found["report.eml"]["kind_reasons"] == ["it reports on another mail"]
    assert (found["mail.eml"]["kind"], found["mail.eml"]["error"]) == ("message", None)
    assert found["report.eml"]["report"] == {
        "recipient": "emil@orange.fr",
        "status": "5.1.1",
        "class": "hard",
    }
    assert all(found[name]["error"] for name in ("empty.eml", "junk.eml", "missing.eml", ".", "a\x00b"))


def test_attachments_without_their_bytes(tmp_path: Path) -> None:
    body = '--B\nContent-Type: text/plain\n\nvoici\n--B\nContent-Type: text/csv; name="a.csv"\n\n1;2\n--B--\n'
    (tmp_path / "a.eml").write_bytes(raw_mail("Content-Type: multipart/mixed; boundary=B", body=body))
    (row,) = inspect_file(tmp_path / "a.eml")["attachments"]
    assert row == {
        "name": "a.csv",
        "type": "text/csv",
        "size": 3,
        "sha256": hashlib.sha256(b"1;2").hexdigest(),
    }
