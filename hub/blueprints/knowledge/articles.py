"""Doors of the articles: list with search, one article, writing with preview."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.knowledge.base import blueprint, read_language, read_state, reason_paths
from hub.blueprints.knowledge.forms import ArticleForm
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import NotFound
from hub.core.words import Language
from hub.knowledge import actions, queries
from hub.knowledge.markdown import to_html
from hub.knowledge.rows import ArticleHit, ArticleView
from hub.knowledge.words import ArticleState, SearchPlace
from hub.staff import queries as staff
from hub.staff.words import Permission

READERS = queries.FOR_STAFF


@blueprint.get("/")
def list_articles() -> ResponseReturnValue:
    """By title, or the best first for a search."""
    words, language = request.args.get("q", "").strip(), _asked_language()
    state = read_state(request.args.get("state"))
    hits = _search(words, language, state) if words else []
    page = queries.list_articles(
        language=language, state=state, after=request.args.get("after"), states=_visible()
    )
    return render_template(
        "knowledge/list.html",
        words=words,
        rows=hits if words else page.rows,
        next_key=None if words else page.next_key,
        language_asked=language,
        state=state,
        states=sorted(_visible()),
        counts=queries.count_states(language),
        reasons=reason_paths(),
    )


@blueprint.get("/articles/<key>")
def show_article(key: str) -> ResponseReturnValue:
    article = readable(key)
    owner = staff.get_agents([article.owner_id]).get(article.owner_id) if article.owner_id else None
    return render_template(
        "knowledge/article.html",
        article=article,
        owner=owner,
        reason=reason_paths().get(article.reason_id or 0, ""),
    )


@blueprint.route("/articles/new", methods=["GET", "POST"])
def new_article() -> ResponseReturnValue:
    """Empty, or begun from a search without result or a theme of comments (`title`, `reason`), or in the other language of an article (`pair`)."""
    language, pair = _asked_language(), queries.find_article(request.args.get("pair", ""))
    form = ArticleForm(
        language=language.value,
        title=request.args.get("title", ""),
        state=ArticleState.DRAFT.value,
        pair_id=str(pair.id) if pair else "",
        reason_id=str(pair.reason_id or "") if pair else request.args.get("reason", ""),
    )
    form.offer(queries.list_pairable(Language.ENGLISH if language is Language.FRENCH else Language.FRENCH))
    return _write(form, None)


@blueprint.route("/articles/<key>/edit", methods=["GET", "POST"])
def edit_article(key: str) -> ResponseReturnValue:
    article = queries.get_article(key)
    form = ArticleForm(
        obj=article, data={"pair_id": str(article.pair_id or ""), "seen_version": str(article.version_number)}
    )
    other = Language.ENGLISH if article.language is Language.FRENCH else Language.FRENCH
    form.offer(queries.list_pairable(other))
    del form.language
    return _write(form, article)


def _write(form: ArticleForm, article: ArticleView | None) -> ResponseReturnValue:
    """Show the form, its preview, or save."""
    if request.form.get("act") == "preview":
        return _form_page(form, article, preview=to_html(str(form.body.data or "")))
    saved: list[str] = []
    if form.does(lambda: saved.append(_save(form, article))):
        flash(gettext("Saved. The version before is kept."), "ok")
        return redirect(url_for("knowledge.show_article", key=saved[0]), 303)
    return _form_page(form, article), form.status


def _save(form: ArticleForm, article: ArticleView | None) -> str:
    language = article.language if article else Language(form.language.data)
    seen = str(form.seen_version.data or "")
    return actions.save_article(
        article_id=article.id if article else None,
        language=language,
        seen_version=int(seen) if article and seen.isdecimal() else None,
        by=viewer().actor,
        now=clock.business_now(),
        **form.values(),
    )


def _form_page(form: ArticleForm, article: ArticleView | None, preview: str = "") -> str:
    return render_template("knowledge/edit.html", form=form, article=article, preview=preview)


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


def _search(words: str, language: Language, state: ArticleState | None) -> list[ArticleHit]:
    place = SearchPlace.STAFF if viewer().may(Permission.EDIT_KNOWLEDGE) else SearchPlace.TICKET
    found = queries.search_articles(words, language, place, 20, state=state)
    if state is None:
        with transaction():
            actions.note_search(
                words=words,
                language=language,
                place=SearchPlace.STAFF,
                found_count=len(found),
                now=clock.business_now(),
            )
    return found
