"""Doors of the public help centre: published articles, the same text as the staff reads. No script, no tracking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from hub.blueprints.access import find_viewer
from hub.blueprints.article_files import send_article_file, states_for
from hub.blueprints.article_votes import given_answer, given_reason, vote_reasons
from hub.blueprints.pages import limiter
from hub.blueprints.row_ids import read_id
from hub.core import clock, signing
from hub.core.db import transaction
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Language
from hub.knowledge import actions, attaching, contents, queries, voting
from hub.knowledge.markdown import to_text
from hub.knowledge.rows import ArticleRow, ArticleView
from hub.knowledge.scoping import list_store_ids
from hub.knowledge.words import SearchPlace
from hub.reasons.queries import list_reasons
from hub.stores.queries import find_chain, get_stores

blueprint = Blueprint("help_centre", __name__)
SHOWN, MARKED, FOUND = 5, 12, 8
OTHER = "-"
"""In the address, for articles without a reason; no key of a reason holds it."""
FEW, KEPT_SECONDS = 40, 60
WHY, WHY_LIFE = "article_vote", timedelta(hours=1)


@blueprint.context_processor
def chain_words() -> dict[str, str]:
    """The chain's name and where it links to; before the set-up, ours."""
    chain = find_chain()
    return {
        "chain_name": chain.name if chain else "Comptoir",
        "home_href": (chain.website_url if chain else "") or "/stores/",
    }


@dataclass(frozen=True)
class Subject:
    """A top of the tree of reasons, with what stands below it; `OTHER` is what has no reason."""

    key: str
    name: str
    reason_ids: frozenset[int | None]


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The articles by contact reason, and the search. A group with many shows the first; its name opens it."""
    asked, language = request.args.get("about", ""), _language()
    subjects = _subjects(language)
    if asked:
        return _contents(subjects, asked, language)
    groups = _groups(subjects, language)
    shown = [row for _, rows, _ in groups for row in rows]
    return _public("help_centre/index.html", groups=groups, data=_structured(shown[:MARKED]), words="")


def _contents(subjects: Sequence[Subject], asked: str, language: Language) -> ResponseReturnValue:
    """Every question of a subject, a page at a time."""
    subject, after = next((each for each in subjects if each.key == asked), None), request.args.get("after")
    if subject is None:
        raise NotFound(N_("This subject does not exist. Please choose one of the help centre."))
    page = contents.list_published(language, subject.reason_ids, after=after)
    counts = contents.count_published(language)
    return _public(
        "help_centre/subject.html",
        subject=subject,
        page=page,
        after=after,
        count=sum(counts.get(each, 0) for each in subject.reason_ids),
        data=_structured(page.rows[:MARKED]),
        words="",
    )


@blueprint.get("/search")
@limiter.limit("60 per minute")
def search() -> ResponseReturnValue:
    """A whole question in the customer's words; one without an answer, or whose answers nobody opens, is a gap."""
    words, language = request.args.get("q", "").strip(), _language()
    found = queries.search_articles(words, language, SearchPlace.HELP, FOUND) if words else []
    with transaction():
        search_id = actions.note_search(
            words=words,
            language=language,
            place=SearchPlace.HELP,
            found_count=len(found),
            now=clock.business_now(),
        )
    given = {"words": words, "found": found, "search_id": search_id, "places": _places(found)}
    return _unkept("help_centre/search.html", **given)


@blueprint.get("/files/<int:file_id>/<_name>")
def file(file_id: int, _name: str) -> ResponseReturnValue:
    """As open as its article; an image is shown, anything else handed out. The name is for people, the id counts."""
    row = attaching.get_file(file_id)
    if row.state not in states_for(find_viewer()):
        raise NotFound(attaching.NO_FILE)
    return send_article_file(row, is_public=row.state in queries.PUBLIC)


@blueprint.get("/<key>")
def article(key: str) -> ResponseReturnValue:
    row = queries.get_article(key, states=queries.PUBLIC)
    search_id = read_id(request.args.get("s", ""))
    if search_id:
        with transaction():
            actions.note_opened(search_id=search_id, article_id=row.id, now=clock.business_now())
    g.language = row.language.value
    stores = get_stores(row.scope.store_ids).values()
    answer = [(row.title, to_text(row.body))]
    return _public(
        "help_centre/article.html", article=row, data=_marks(answer), pair_key=_pair(row), stores=stores
    )


@blueprint.post("/<key>/vote")
@limiter.limit("10 per minute")
def vote(key: str) -> ResponseReturnValue:
    """Whether it helped, then why not: a second step that the token of the first one opens."""
    row, token = queries.get_article(key, states=queries.PUBLIC), request.form.get("why", "")
    seal = None
    with transaction():
        if token:
            _explain(row, token)
        else:
            seal = _keep_vote(row)
    return redirect(url_for("help_centre.voted", key=key, why=seal), 303)


@blueprint.get("/<key>/vote")
def voted(key: str) -> ResponseReturnValue:
    """Thanks; the reasons to choose from for who was not helped."""
    row = queries.get_article(key, states=queries.PUBLIC)
    g.language = row.language.value
    token = request.args.get("why", "")
    return _unkept("help_centre/voted.html", article=row, token=token, reasons=vote_reasons())


def _keep_vote(row: ArticleView) -> str | None:
    """The token with which to say why, for who was not helped."""
    answer, number = given_answer(), read_id(request.form.get("version", ""))
    if answer is None or number is None:
        return None
    now = clock.business_now()
    vote_id = voting.vote(article_id=row.id, version_number=number, is_helpful=answer, now=now)
    if answer or vote_id is None:
        return None
    expires_at = clock.machine_now() + WHY_LIFE
    return signing.sign(WHY, {"vote": vote_id, "article": row.id}, expires_at=expires_at)


def _explain(row: ArticleView, token: str) -> None:
    """Once; nothing is left to say afterwards."""
    read = signing.read(WHY, token, now=clock.machine_now())
    if read["article"] != row.id:
        raise NotFound(queries.NO_ARTICLE)
    voting.explain(vote_id=read["vote"], reason=given_reason(), words=request.form.get("words", ""))


def _public(page: str, /, **values: Any) -> ResponseReturnValue:
    """Kept a minute by browsers and proxies, a copy for each language; then asked for only if it changed."""
    response = make_response(render_template(page, **values))
    if not session:
        response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
        response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    return response.make_conditional(request)


def _unkept(page: str, **values: Any) -> ResponseReturnValue:
    """A page that is this reader's alone."""
    response = make_response(render_template(page, **values))
    response.headers["Cache-Control"] = "no-store"
    return response


def _language() -> Language:
    return Language(str(get_locale()))


def _pair(row: Any) -> str:
    return row.pair_key if row.pair_state in queries.PUBLIC else ""


def _subjects(language: Language) -> list[Subject]:
    """In the order of the tree; without a reason comes last."""
    ids: dict[str, list[int | None]] = {}
    names: dict[str, str] = {}
    for row in list_reasons(active=False):
        top = row.key.partition(".")[0]
        ids.setdefault(top, []).append(row.id)
        names.setdefault(top, row.name(language.value))
    named = [Subject(top, names[top], frozenset(found)) for top, found in ids.items()]
    return [*named, Subject(OTHER, gettext("Other questions"), frozenset({None}))]


def _places(found: Sequence[ArticleRow]) -> dict[int, str]:
    """By article the names of its stores, where it does not apply to all of them."""
    ids = list_store_ids([row.id for row in found])
    names = {
        row.id: row.name for row in get_stores({each for some in ids.values() for each in some}).values()
    }
    return {
        article_id: ", ".join(sorted(names[each] for each in some if each in names))
        for article_id, some in ids.items()
    }


def _groups(subjects: Sequence[Subject], language: Language) -> list[tuple[Subject, list[ArticleRow], int]]:
    """What the page shows of each subject, and how many there are; of few questions all."""
    counts = contents.count_published(language)
    most = FEW if sum(counts.values()) <= FEW else SHOWN
    first = contents.list_first(language, most)
    groups = [
        (
            each,
            [row for row in first if row.reason_id in each.reason_ids][:most],
            sum(counts.get(reason_id, 0) for reason_id in each.reason_ids),
        )
        for each in subjects
    ]
    return [group for group in groups if group[2]]


def _structured(rows: Sequence[ArticleRow]) -> dict[str, Any]:
    return _marks([(row.title, row.summary) for row in rows if row.summary])


def _marks(answers: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Questions and answers as search engines read them (schema.org FAQPage)."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {"@type": "Question", "name": name, "acceptedAnswer": {"@type": "Answer", "text": text}}
            for name, text in answers
        ],
    }
