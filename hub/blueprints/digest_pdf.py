"""A digest as a PDF to print: A4, tagged, with title, language and its fonts; the same words as the page, in their order."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import as_file, files
from typing import cast

from flask_babel import get_locale, gettext
from fpdf import FPDF, ViewerPreferences
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from hub.core import site
from hub.reactions.digest_words import DigestWords, FigureWords, ThingWords

FONT, INK, ACCENT, MUTED = "source", (28, 39, 51), (31, 78, 95), (85, 96, 110)
FACES = {"": "SourceSansPro-Regular.ttf", "B": "SourceSansPro-Bold.ttf"}
"""Of the package font-source-sans-pro; the letters that are used stand in the file, so that every printer has them."""
MARGIN, LABEL, LINE = 20, 60, 5.5
SPACE = "\u00a0"


def make_pdf(said: DigestWords, *, made_at: datetime, chain_name: str) -> bytes:
    """In the language in force. `made_at` stands in the file, so that the same digest is the same file."""
    page = _Page(f"{chain_name} · {said.name}")
    page.set_creation_date(made_at)
    page.set_title(f"{said.title}{SPACE}– {said.name}")
    page.set_lang(str(get_locale() or "fr"))
    page.add_page()
    page.say("H1", said.title, size=20)
    page.say("P", f"{said.name}, {said.days}", space=6)
    page.say("H2", said.heading, size=14)
    for number, thing in enumerate(said.things, 1):
        _thing(page, number, thing)
    if said.few:
        page.say("P", said.few, space=4)
    page.say("H2", gettext("The figures"), size=14)
    for figure in said.figures:
        page.figure(figure)
    page.say("H2", gettext("How it is counted"), size=14)
    for figure in said.figures:
        page.say(
            "P",
            gettext("%(place)s: %(words)s", place=figure.label, words=figure.definition),
            size=9,
            colour=MUTED,
        )
    return bytes(page.output())


def _thing(page: "_Page", number: int, thing: ThingWords) -> None:
    page.say("H3", f"{number}. {thing.title}", size=11, link=site.base_url() + thing.page)
    page.say("P", gettext("Why this is here: %(words)s", words=thing.why), size=9, colour=MUTED, space=3)


class _Page(FPDF):
    """A4 with page numbers. Each block is tagged, so that a screen reader tells headings from text."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self.foot = foot
        for style, name in FACES.items():
            with as_file(files("font_source_sans_pro") / "files" / name) as path:
                self.add_font(FONT, style, path)
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def footer(self) -> None:
        """The number of the page is no part of the text."""
        self.set_y(-MARGIN + LINE)
        self._set(9, "", MUTED)
        self._out("/Artifact BMC")
        self.cell(w=0, text=self._known(f"{self.foot} · {self.page_no()}/{{nb}}"), align="R")
        self._out("EMC")

    def say(
        self,
        tag: str,
        words: str,
        *,
        size: float = 11,
        colour: tuple[int, int, int] = INK,
        space: float = 2,
        link: str = "",
    ) -> None:
        """A paragraph or, with H1 to H3, a heading, whole on one page."""
        self._set(size, "B" if tag.startswith("H") else "", ACCENT if link else colour)
        text, height = self._known(words), size / 2
        self._keep_together(text, height)
        with self._tagged(tag):
            self.multi_cell(
                w=0, h=height, text=text, align="L", link=link, new_x=XPos.LMARGIN, new_y=YPos.NEXT
            )
        self.ln(space)

    def figure(self, figure: FigureWords) -> None:
        """Label, value and note in one line; the label leads to the page of the figure."""
        value = self._known(f"{figure.value} ({figure.note})" if figure.note else figure.value)
        self._keep_together(value, LINE)
        with self._tagged("P"):
            self._set(11, "", ACCENT)
            self.cell(
                w=LABEL,
                h=LINE,
                text=self._known(gettext("%(place)s: %(words)s", place=figure.label, words="")),
                link=site.base_url() + figure.page,
            )
            self._set(11, "B", INK)
            self.multi_cell(w=0, h=LINE, text=value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1.5)

    def _set(self, size: float, style: str, colour: tuple[int, int, int]) -> None:
        self.set_font(FONT, style, size)
        self.set_text_color(*colour)

    def _known(self, words: str) -> str:
        """What the font lacks, as an emoji in a name, becomes a question mark: an empty box says nothing."""
        font = self.fonts[FONT]
        if not isinstance(font, TTFFont):
            raise TypeError(f"{FONT} is not a font of the package.")
        return "".join(letter if ord(letter) in font.cmap else "?" for letter in words)

    def _keep_together(self, text: str, height: float) -> None:
        """A tag may not cross a page."""
        needed = self.multi_cell(w=0, h=height, text=text, align="L", dry_run=True, output="HEIGHT")
        if self.will_page_break(cast(float, needed) + height):
            self.add_page()

    @contextmanager
    def _tagged(self, tag: str) -> Iterator[None]:
        """fpdf2 tags pictures only; its own tree takes any tag, which a test looks for in the file."""
        mcid = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{tag}", mcid=mcid)
        self._out(f"/{tag} <</MCID {mcid}>> BDC")
        yield
        self._out("EMC")
