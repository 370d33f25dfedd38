"""The head of a file that is handed out: always a download, under its own name in any script."""

import unicodedata
from urllib.parse import quote

from werkzeug.http import dump_options_header

UNQUOTED = "!#$&+-.^_`|~"
"""What RFC 8187 leaves as it is."""


def as_download(name: str) -> str:
    """Content-Disposition: headers are ASCII, so another name stands in `filename*` (RFC 6266), an ASCII one beside it."""
    shown = "".join(letter for letter in name if letter.isprintable()).strip() or "file"
    plain = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode()
    plain = "".join(letter for letter in plain if letter not in '"\\').strip() or "file"
    names = {"filename": f"file{plain}" if plain.startswith(".") else plain}
    if plain != shown:
        names["filename*"] = f"UTF-8''{quote(shown, safe=UNQUOTED)}"
    return dump_options_header("attachment", names)
