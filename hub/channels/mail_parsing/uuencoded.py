"""Files that stand uuencoded in the text of a mail, as old programs send them. Pure."""

import binascii
import re

_BEGIN = re.compile(rb"\Abegin [0-7]{3,4} ")
_FILE = re.compile(
    r"^begin [0-7]{3,4} ([^\n]{1,150})\n((?:[ -`]{1,61}\n){1,100000}?)(?:`? *\n)?end[ \t]*(?:\n|\Z)",
    re.MULTILINE,
)
MAX_FILES = 20


def decode_uu(raw: bytes) -> bytes:
    """The bytes of a part that is uuencoded as a whole; as they came when it is not."""
    lines = raw.splitlines()
    starts = [number for number, line in enumerate(lines) if _BEGIN.match(line)]
    return _decoded(lines[starts[0] + 1 :]) if starts else raw


def is_uuencoded(raw: bytes) -> bool:
    """Whether a part begins with a uuencoded file, whatever its headers say."""
    return bool(_BEGIN.match(raw[:12]))


def cut_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without the files in it, and these with their names."""
    if "begin " not in text or "\nend" not in text:
        return text, []
    found = [
        (match, content)
        for match in list(_FILE.finditer(text))[:MAX_FILES]
        if (content := _decoded(match[2].encode("ascii").splitlines()))
    ]
    rest, position = "", 0
    for match, _ in found:
        rest += text[position : match.start()]
        position = match.end()
    return rest + text[position:], [(match[1].strip(), content) for match, content in found]


def _decoded(lines: list[bytes]) -> bytes:
    decoded: list[bytes] = []
    for line in lines:
        if line.strip() in {b"end", b"`"}:
            break
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(decoded)
