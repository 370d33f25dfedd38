"""What a form of a page would send as it stands: hidden fields, texts, what is ticked and chosen."""

from html.parser import HTMLParser
from typing import Any


class FormReader(HTMLParser):
    """Collects the fields of all forms of a page, buttons left out; a list where a name comes more than once."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._select: str | None = None
        self._first: str | None = None
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self.found.setdefault(name, []).append(value)
        elif tag == "select":
            self._select, self._first = name, None
        elif tag == "option" and self._select:
            if "selected" in given:
                self.found[self._select] = [value]
            elif self._first is None:
                self._first = value
        elif tag == "textarea":
            self._text = name

    def handle_data(self, data: str) -> None:
        if self._text:
            self.found.setdefault(self._text, []).append(data.removeprefix("\r\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None
        elif tag == "select" and self._select:
            if self._first is not None:
                self.found.setdefault(self._select, [self._first])
            self._select = None


def read_form(page: str) -> dict[str, Any]:
    """The fields of a page with one form."""
    reader = FormReader()
    reader.feed(page[page.index("<main") : page.index("</main>")])
    return reader.found
