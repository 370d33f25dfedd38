"""Every word a person reads goes through gettext and has its French: templates, and messages written in Python."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from hub.translations import WordsDisagreeError, read_fragments, typeset, write_catalogs

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "hub" / "templates"
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)")

# What is the same in every language: the product's name, the languages' own names, keys of the keyboard.
SAME_EVERYWHERE = frozenset({"Comptoir", "Français", "English", "Ctrl", "JSON", "CSV"})

HIDDEN = re.compile(
    r"\{#.*?#\}|<!--.*?-->"
    r"|\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}"
    # blocks that hold a class or attributes of a tag which the layout opens
    r"|\{%-?\s*block \w+_(?:width|attributes)\b.*?\{%-?\s*endblock\b[^%]*%\}",
    re.DOTALL,
)
CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
SPOKEN = re.compile(r"\b(?:aria-label|placeholder|title|alt|aria-description)=(\"[^\"]*\"|'[^']*')")
TAG = re.compile(r"<[^>]*>", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")


def messages() -> Iterator[tuple[str, tuple[str, ...]]]:
    """(where, (singular, plural?)) of every message of the product."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    for path, line, found, _comments, _context in extract_from_dir(
        str(ROOT), methods, options, keywords=KEYWORDS, directory_filter=in_the_product
    ):
        words = (found,) if isinstance(found, str) else tuple(word for word in found if word)
        yield f"{path}:{line}", words


def in_the_product(folder: str) -> bool:
    return not re.search(r"/(\.|node_modules|var|tests|static)", folder.removeprefix(str(ROOT)) + "/")


def bare_words(template: str) -> list[str]:
    """Words of a template that no translator can reach."""
    text = CODE.sub("\x00", HIDDEN.sub("", template))
    spoken = [value[1:-1] for value in SPOKEN.findall(text)]
    shown = TAG.sub(" ", re.sub(r"&\w+;", " ", text))
    return [word for word in WORD.findall(" ".join([shown, *spoken])) if word not in SAME_EVERYWHERE]


def test_every_message_has_its_french() -> None:
    french = read_fragments()
    missing = []
    for where, words in messages():
        entry = french.get(words[0])
        said = entry.string if entry else ""
        if not (all(said) if isinstance(said, (tuple, list)) and said else said):
            missing.append(f"{where}: {words[0]!r}")
    assert missing == [], "Add these to hub/translations/fr/<room>.po:\n" + "\n".join(missing)


def test_no_message_hides_in_an_f_string() -> None:
    """The extractor reads an f-string as one piece: a message inside it would never be asked for."""
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "hub").rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for node in ast.walk(text)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS
    ]
    assert hidden == []


def test_french_keeps_the_values_of_the_english() -> None:
    wrong = []
    for message in read_fragments():
        english = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        french = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        allowed = set(PLACEHOLDER.findall(" ".join(english)))
        wrong += [text for text in french if set(PLACEHOLDER.findall(text)) - allowed]
        if set(PLACEHOLDER.findall(english[-1])) - set(PLACEHOLDER.findall(french[-1])):
            wrong.append(french[-1])
    assert wrong == []


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_no_template_speaks_past_gettext(path: Path) -> None:
    assert bare_words(path.read_text()) == []


def test_the_guard_sees_a_bare_word() -> None:
    assert bare_words('<p title="Hello">{{ _("x") }} world</p>') == ["world", "Hello"]
    assert bare_words("{# note #}{% trans %}fine{% endtrans %}<b>{{ name }}</b> &nbsp;") == []


def test_fragments_that_disagree_are_refused(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "a.po").write_text(head + 'msgid "Save"\nmsgstr "Enregistrer"\n')
    (tmp_path / "b.po").write_text(head + 'msgid "Save"\nmsgstr "Sauver"\n')
    with pytest.raises(WordsDisagreeError, match="Sauver"):
        read_fragments(tmp_path)


def test_the_catalogs_are_written(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "fr" / "a.po").write_text(head + 'msgid "Save"\nmsgstr "Enregistrer"\n')
    assert [path.parent.parent.name for path in write_catalogs(tmp_path)] == ["fr", "en"]
    assert all(path.stat().st_size for path in write_catalogs(tmp_path))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Vous avez choisi : oui", "Vous avez choisi\u00a0: oui"),
        ("« Oui » ; et après ?", "«\u00a0Oui\u00a0»\u202f; et après\u202f?"),
        ("%(share)s %% sans, %(name)s avec", "%(share)s\u202f%% sans, %(name)s avec"),
        ("%(hours)s h %(minutes)s", "%(hours)s\u00a0h\u00a0%(minutes)s"),
        ("Authorization: Bearer, /?page=2", "Authorization: Bearer, /?page=2"),
    ],
)
def test_french_lines_do_not_break_before_their_signs(typed: str, shown: str) -> None:
    assert typeset(typed) == shown
