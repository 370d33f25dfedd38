"""Articles from files: Markdown, tables, exports; refused ones kept with their reason, none twice, links followed."""

import json
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.errors import Conflict, Invalid
from hub.core.words import Language
from hub.knowledge import queries
from hub.knowledge.importing import drafts, listing, running
from hub.knowledge.importing.help_centres import read_export
from hub.knowledge.importing.html_articles import to_markdown
from hub.knowledge.importing.markdown_files import read_markdown
from hub.knowledge.importing.reading import read_path
from hub.knowledge.words import ArticleState, RowOutcome
from hub.knowledge_commands import knowledge
from hub.reasons.actions import add_builtin_reasons
from hub.staff.words import Role
from tests.conftest import TUESDAY
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

ZENDESK = {
    "articles": [
        {
            "id": 1,
            "title": "Retourner un article",
            "body": "<h1>Sous 30 jours</h1><p>Voir <a href='https://aide.example/fr/2?x=1'>le remboursement</a>.</p><script>x()</script>",
            "html_url": "https://aide.example/fr/1",
            "locale": "fr",
            "draft": False,
        },
        {"id": 2, "title": "Remboursement", "body": "<ul><li>carte</li></ul>", "html_url": "https://aide.example/fr/2", "locale": "fr", "draft": True},
        {"id": 3, "title": "Sans texte", "body": "", "html_url": "https://aide.example/fr/3", "locale": "fr"},
    ]
}  # fmt: skip


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def bring_in(path: Path, *, keeps_states: bool = False) -> dict[RowOutcome, int]:
    import_id = running.begin_import(path, path.name, by=SYSTEM, now=TUESDAY)
    return dict(running.apply_import(import_id, keeps_states=keeps_states, by=SYSTEM, now=TUESDAY))


def test_a_folder_of_markdown_comes_with_its_heads_and_comes_once(session: Session, tmp_path: Path) -> None:
    add_builtin_reasons()
    head = '---\ntitle: "Retours"\nlangue: fr\nstate: published\nmotif: return\nsummary: Trente jours.\n---\n'
    write(tmp_path, "retours.md", head + "# Retours\n\nSous **30 jours**.\n")
    write(tmp_path, "en/where-is-it.md", "# Where is it?\n\nIt is with the carrier, and you can see where.\n")
    write(tmp_path, "bad.md", b"\xff\xfe\x00")
    write(tmp_path, "notes.txt", "nothing")
    assert bring_in(tmp_path, keeps_states=True) == {RowOutcome.NEW: 2, RowOutcome.REFUSED: 1}
    french, english = queries.get_article("retours"), queries.get_article("where-is-it")
    assert (french.title, french.body, french.summary) == ("Retours", "Sous **30 jours**.", "Trente jours.")
    assert (french.state, french.language) == (ArticleState.PUBLISHED, Language.FRENCH)
    assert (english.state, english.language) == (ArticleState.DRAFT, Language.ENGLISH)
    write(tmp_path, "retours.md", head + "Sous **60 jours**.\n")
    assert bring_in(tmp_path) == {RowOutcome.CHANGED: 1, RowOutcome.SAME: 1, RowOutcome.REFUSED: 1}
    changed = queries.get_article("retours")
    assert (changed.body, changed.version_number, changed.state) == (
        "Sous **60 jours**.",
        2,
        ArticleState.PUBLISHED,
    )


def test_an_export_keeps_its_addresses_and_links_lead_here(session: Session, tmp_path: Path) -> None:
    path = write(tmp_path, "zendesk.json", json.dumps(ZENDESK))
    assert bring_in(path, keeps_states=True) == {RowOutcome.NEW: 2, RowOutcome.REFUSED: 1}
    article = queries.get_article("retourner-un-article")
    assert article.body == "# Sous 30 jours\n\nVoir [le remboursement](/help/remboursement)."
    assert article.state is ArticleState.PUBLISHED
    assert queries.get_article("remboursement").state is ArticleState.DRAFT
    again = running.begin_import(path, "zendesk.json", by=SYSTEM, now=TUESDAY)
    shown = listing.get_import(again)
    assert shown.rows[0].problem == drafts.NO_BODY
    running.apply_import(again, keeps_states=False, by=SYSTEM, now=TUESDAY)
    with pytest.raises(Conflict):
        running.apply_import(again, keeps_states=False, by=SYSTEM, now=TUESDAY)


def test_a_table_is_read_by_its_headings(tmp_path: Path) -> None:
    rows = (
        "Titre;Réponse;Langue;Motif;Statut\nHoraires;<p>De <b>9 h</b> à 19 h</p>;fr;store;publié\n;Sans titre;fr;;\nHoraires;Encore;fr;;\nLong;"
        + "x" * 50_000
        + ";fr;;\n"
    )
    found = read_path(write(tmp_path, "faq.csv", rows.encode("cp1252")))
    assert [(row.title, row.problem) for row in found][:3] == [
        ("Horaires", ""),
        ("", drafts.NO_TITLE),
        ("Horaires", drafts.TWICE),
    ]
    assert (found[0].body, found[0].state, found[0].reason) == (
        "De **9 h** à 19 h",
        ArticleState.PUBLISHED,
        "store",
    )
    assert found[3].most == 40_000
    with pytest.raises(Invalid):
        read_path(write(tmp_path, "other.csv", "a;b\n1;2\n"))


@pytest.mark.parametrize("name", ["x.pdf", "x.zip", "x.json", "empty"])
def test_other_files_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.mkdir() if name == "empty" else path.write_bytes(b"%PDF")
    with pytest.raises(Invalid):
        read_path(path)


@given(st.text(max_size=400))
def test_whatever_a_file_holds_is_an_article_or_a_reason(text: str) -> None:
    draft = drafts.check(read_markdown("a/b.fr.md", text), seen=set())
    assert draft.problem or (draft.title and draft.body and draft.language)
    to_markdown(text)
    with suppress(Invalid):
        assert list(read_export(text))


def test_the_command_reports_and_can_only_look(app: Flask, session: Session, tmp_path: Path) -> None:
    write(tmp_path, "a.md", "# Livraison\n\nDeux jours.")
    write(tmp_path, "b.md", "")
    with app.app_context():
        looked = CliRunner().invoke(knowledge, ["import", "--dry-run", str(tmp_path)])
        assert json.loads(looked.output) | {"import": 0} == {
            "import": 0, "new": 1, "changed": 0, "same": 0, "refused": 1,
            "rows": [{"place": "b.md", "title": "B", "why": drafts.NO_BODY}],
        }  # fmt: skip
        assert queries.find_article("livraison") is None
        assert CliRunner().invoke(knowledge, ["import", str(tmp_path)]).exit_code == 0
        assert queries.find_article("livraison") is not None


def test_an_editor_brings_a_zip_in_through_the_pages(session: Session, client: FlaskClient) -> None:
    make_chain(session)
    make_store(session)
    editor = log_in(client, make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE))
    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        file.writestr("livraison.md", "# Livraison\n\nDeux jours.")
        file.writestr("vide.md", "# Vide\n")
    archive.seek(0)
    assert "choisir" in editor.post("/knowledge/imports", data={}).text.lower()
    refused = editor.post("/knowledge/imports", data={"file": (BytesIO(b"x"), "x.exe")})
    assert (refused.status_code, "archive zip" in refused.text) == (422, True)
    answer = editor.post("/knowledge/imports", data={"file": (archive, "aide.zip")})
    page = editor.get(answer.location).text
    assert "Cet article n’a pas de texte." in page
    assert queries.find_article("livraison") is None
    done = editor.post(answer.location, data={"states": "draft"}, follow_redirects=True).text
    assert "1 article est dans la base." in done
    assert queries.get_article("livraison").state is ArticleState.DRAFT
    assert editor.post(answer.location, data={}).status_code == 303
    assert "aide.zip" in editor.get("/knowledge/imports").text
    assert editor.get("/knowledge/imports/99").status_code == 404
