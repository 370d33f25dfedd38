"""Doors of the articles: list with search, one article, writing with preview."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.knowledge.around import around
from hub.blueprints.knowledge.base import blueprint, read_language, read_state, reason_paths
from hub.blueprints.knowledge.filters import filter_choices, given_filters, read_filter
from hub.blueprints.knowledge.forms import ArticleForm
from hub.blueprints.knowledge.use_figures import use_figures
from hub.blueprints.row_ids import read_id
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import NotFound
from hub.core.words import Language
from hub.knowledge import actions, queries
from hub.knowledge.gone_files import find_gone, shown_html
from hub.knowledge.rows import ArticleHit, ArticleView
from hub.knowledge.rules import LONGEST_BODY
from hub.knowledge.scoping import ArticleFilter, ArticleScope
from hub.knowledge.voting import count_votes
from hub.knowledge.words import ArticleState, SearchPlace
from hub.staff.words import Permission

READERS = queries.FOR_STAFF


@blueprint.get("/")
def list_articles() -> ResponseReturnValue:
    """By title, or the best first for a search."""
    words, language = request.args.get("q", "").strip(), _asked_language()
    state = read_state(request.args.get("state"))
    narrowed = read_filter()
    hits = _search(words, language, state, narrowed) if words else []
    page = queries.list_articles(
        language=language,
        state=state,
        after=request.args.get("after"),
        states=_visible(),
        narrowed=narrowed,
    )
    rows = hits if words else page.rows
    return render_template(
        "knowledge/list.html",
        words=words,
        rows=rows,
        votes=count_votes([row.id for row in rows]),
        next_key=None if words else page.next_key,
        language_asked=language,
        state=state,
        states=sorted(_visible()),
        counts=queries.count_states(language),
        reasons=reason_paths(),
        filters=filter_choices(),
        given=given_filters(),
    )


@blueprint.get("/articles/<key>")
def show_article(key: str) -> ResponseReturnValue:
    article = readable(key)
    return render_template(
        "knowledge/article.html",
        article=article,
        gone=find_gone(article.body),
        **around(article),
        **use_figures(article_id=article.id),
    )


@blueprint.route("/articles/new", methods=["GET", "POST"])
def new_article() -> ResponseReturnValue:
    """Empty, or begun from a search without result or a theme of comments (`title`, `reason`), or in the other language of an article (`pair`)."""
    language, pair = _asked_language(), queries.find_article(request.args.get("pair", ""))
    scope = replace(pair.scope if pair else ArticleScope(), owner_id=viewer().agent_id, review_on=None)
    form = ArticleForm(
        language=language.value,
        title=request.args.get("title", ""),
        state=ArticleState.DRAFT.value,
        pair_id=str(pair.id) if pair else "",
        reason_id=str(pair.reason_id or "") if pair else request.args.get("reason", ""),
        **ArticleForm.given(scope),
    )
    form.offer(_pairable(language), scope)
    return _write(form, None)


@blueprint.route("/articles/<key>/edit", methods=["GET", "POST"])
def edit_article(key: str) -> ResponseReturnValue:
    article = queries.get_article(key)
    given = {"pair_id": str(article.pair_id or ""), "seen_version": str(article.version_number)}
    form = ArticleForm(obj=article, data=given | ArticleForm.given(article.scope))
    form.offer(_pairable(article.language), article.scope)
    del form.language
    return _write(form, article)


def _write(form: ArticleForm, article: ArticleView | None) -> ResponseReturnValue:
    """Show the form, its preview, or save."""
    if request.form.get("act") == "preview":
        return _form_page(form, article, preview=shown_html(str(form.body.data or "")))
    saved: list[str] = []
    if form.does(lambda: saved.append(_save(form, article))):
        flash(gettext("Saved. The version before is kept."), "ok")
        return redirect(url_for("knowledge.show_article", key=saved[0]), 303)
    return _form_page(form, article), form.status


@blueprint.post("/preview")
def preview() -> ResponseReturnValue:
    """The text alone, while the form changes; nothing is kept."""
    text = request.form.get("body", "")[:LONGEST_BODY]
    return render_template("knowledge/_preview.html", preview=shown_html(text), gone=find_gone(text))


def _save(form: ArticleForm, article: ArticleView | None) -> str:
    language = article.language if article else Language(form.language.data)
    seen = str(form.seen_version.data or "")
    return actions.save_article(
        article_id=article.id if article else None,
        language=language,
        seen_version=(read_id(seen) or 0) if article and seen else None,
        by=viewer().actor,
        now=clock.business_now(),
        **form.values(),
    )


def _pairable(language: Language) -> list[tuple[int, str]]:
    return queries.list_pairable(Language.ENGLISH if language is Language.FRENCH else Language.FRENCH)


def _form_page(form: ArticleForm, article: ArticleView | None, preview: str = "") -> str:
    gone = find_gone(str(form.body.data or ""))
    return render_template("knowledge/edit.html", form=form, article=article, preview=preview, gone=gone)


def readable(key: str) -> ArticleView:
    """The article, if the person may read it: drafts and archived ones are for editors. Raises NotFound."""
    article = queries.get_article(key)
    if article.state not in _visible():
        raise NotFound(queries.NO_ARTICLE)
    return article


def _visible() -> frozenset[ArticleState]:
    return frozenset(ArticleState) if viewer().may(Permission.EDIT_KNOWLEDGE) else READERS


def _asked_language() -> Language:
    return read_language(request.args.get("language")) or Language(str(get_locale()))


def _search(
    words: str, language: Language, state: ArticleState | None, narrowed: ArticleFilter
) -> list[ArticleHit]:
    place = SearchPlace.STAFF if viewer().may(Permission.EDIT_KNOWLEDGE) else SearchPlace.TICKET
    found = queries.search_articles(words, language, place, 20, state=state, narrowed=narrowed)
    if state is None and narrowed == queries.ALL:
        with transaction():
            actions.note_search(
                words=words,
                language=language,
                place=SearchPlace.STAFF,
                found_count=len(found),
                now=clock.business_now(),
            )
    return found
