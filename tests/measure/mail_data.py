"""Figures on labelled mail that is not part of the product: `python -m tests.measure.mail_data FOLDER…`.

A folder with `labels.csv` (file, status, code, reason, hard) is read as delivery reports, one with `emails/`, `trimmed/`
as replies.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from hub.channels.mail_parsing import parse_mail
from hub.channels.mail_parsing.quotes import split_reply


def measure_bounces(folder: Path) -> None:
    """Hard found, and others called hard; then each reason with the classes it got."""
    found: Counter[tuple[bool, bool]] = Counter()
    classes: Counter[tuple[str, str]] = Counter()
    for row in csv.DictReader((folder / "labels.csv").read_text().splitlines()):
        mail = parse_mail((folder / row["file"]).read_bytes())
        answer = mail.report.report_class.value if mail.report else mail.kind.value
        found[row["hard"] == "1", answer == "hard"] += 1
        classes[row["reason"], answer] += 1
        if (row["hard"] == "1") != (answer == "hard"):
            print(f"  {row['file']}: {row['reason']}, read as {answer}")
    hard, other = found[True, True] + found[True, False], found[False, True] + found[False, False]
    print(f"hard found: {found[True, True]} of {hard} ({found[True, True] / max(hard, 1):.1%})")
    print(f"others called hard: {found[False, True]} of {other} ({found[False, True] / max(other, 1):.1%})")
    for (reason, answer), count in sorted(classes.items()):
        print(f"  {reason}: {answer} {count}")


def measure_replies(folder: Path) -> None:
    """Replies that are exactly the expected ones, white space apart."""
    names = sorted(path.name for path in (folder / "emails").iterdir())
    right = 0
    for name in names:
        text = (folder / "emails" / name).read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        reply, _ = split_reply(text)
        is_right = "".join(reply.split()) == "".join((folder / "trimmed" / name).read_text().split())
        right += is_right
        if not is_right:
            print(f"  {name}: differs")
    print(f"replies exactly right: {right} of {len(names)}")


def main(folders: list[str]) -> None:
    """Measure each folder by what it holds."""
    for folder in map(Path, folders):
        print(folder.name)
        if (folder / "labels.csv").exists():
            measure_bounces(folder)
        elif (folder / "emails").is_dir():
            measure_replies(folder)
        else:
            print("  neither labels.csv nor emails/ in it")


if __name__ == "__main__":
    main(sys.argv[1:])
