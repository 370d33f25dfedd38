"""HTML of another help centre as the Markdown of our articles; pictures leave their description."""

import re

from markdownify import MarkdownConverter

TAG = re.compile(r"<(?:p|div|br|ul|ol|li|h[1-6]|strong|em|b|i|a|table|span|img)\b[^>]*>", re.IGNORECASE)
BLANKS = re.compile(r"\n{3,}")
UNSEEN = re.compile(r"<(script|style|head|iframe)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
LONGEST_HTML = 400_000


def looks_like_html(text: str) -> bool:
    return TAG.search(text) is not None


def to_markdown(html: str) -> str:
    """Headings, lists, links, tables, emphasis; no script, style or picture."""
    converter = MarkdownConverter(heading_style="ATX", bullets="-", strip=["img"], autolinks=False)
    shown = (
        UNSEEN.sub("", html[:LONGEST_HTML]) + "\n"
    )  # of one line the parser asks whether it is a file's name
    return BLANKS.sub("\n\n", converter.convert(shown)).strip()
