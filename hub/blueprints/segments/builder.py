"""Doors of the builder: a segment made or changed, with its count and some of its people as it is built."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.segments.base import blueprint, refusal, speaker, tree_in_words
from hub.blueprints.segments.drafts import Building, building_of, group_of_fields, new_building, read_building
from hub.blueprints.segments.widgets import HEADINGS, MATCHES, draw
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict, Invalid
from hub.customers.queries import CustomerRow, get_customers
from hub.segments.conditions.fields import Catalog
from hub.segments.conditions.sentences import say_condition
from hub.segments.conditions.tree import Group, conditions_of, pruned
from hub.segments.saved import actions, queries
from hub.segments.saved.counting import Exploration, explore, find_ids
from hub.segments.saved.loading import open_catalog
from hub.segments.saved.ready import READY, find_ready, of_import
from hub.segments.saved.rows import Draft, SegmentRow
from hub.segments.words import SegmentKind

SAMPLE = 6


@dataclass(frozen=True)
class Seen:
    """The panel beside the conditions: the count, what each leaves, some people; or why there is no count."""

    sentence: str = ""
    exploration: Exploration | None = None
    lines: tuple[tuple[str, Any], ...] = ()
    people: tuple[CustomerRow, ...] = ()
    problem: str = ""


@blueprint.get("/new")
def new_segment() -> ResponseReturnValue:
    """Empty, or begun from a ready one (`from`) or from whom an import made or changed (`import`)."""
    import_id = request.args.get("import", type=int)
    if import_id is not None:
        return _page(building_of(of_import(import_id)), open_catalog())
    ready = find_ready(request.args.get("from", ""))
    building = building_of(ready.definition) if ready else new_building()
    name = gettext(ready.name) if ready else ""
    description = gettext(ready.description) if ready else ""
    return _page(building, open_catalog(), name=name, description=description)


@blueprint.post("/new")
def add_segment() -> ResponseReturnValue:
    return _go_on(None)


@blueprint.get("/<int:segment_id>/edit")
def edit_segment(segment_id: int) -> ResponseReturnValue:
    row = queries.get_segment(segment_id)
    return _page(
        building_of(row.definition), open_catalog(), row=row, name=row.name, description=row.description
    )


@blueprint.post("/<int:segment_id>/edit")
def change_segment(segment_id: int) -> ResponseReturnValue:
    return _go_on(queries.get_segment(segment_id))


@blueprint.post("/preview")
def preview() -> ResponseReturnValue:
    """The panel alone, while the form changes; nothing is kept."""
    building = read_building(request.form, open_catalog())
    return render_template("segments/_seen.html", seen=_look(building, open_catalog()))


def _go_on(row: SegmentRow | None) -> ResponseReturnValue:
    """A button of the form: save it, or draw it again with a part more or less."""
    catalog = open_catalog()
    building = read_building(request.form, catalog)
    if request.form.get("act") == "save":
        saved = _save(building, catalog, row)
        if saved is not None:
            flash(gettext("The segment is saved."), "ok")
            return redirect(url_for("segments.show_segment", segment_id=saved), 303)
    typed = {name: request.form.get(name, "") for name in ("name", "description", "kind")}
    status = 422 if request.form.get("act") == "save" else 200
    return _page(building, catalog, row=row, **typed), status


def _save(building: Building, catalog: Catalog, row: SegmentRow | None) -> int | None:
    """The id once it is kept; else why not is said on the page."""
    try:
        root = building.tree(catalog)
        if building.has_errors:
            flash(gettext("Please correct the conditions that are marked."), "error")
            return None
        with transaction():
            return actions.save_segment(
                _draft(root),
                segment_id=row.id if row else None,
                is_agreed=request.form.get("is_agreed") == "1",
                by=viewer().actor,
                now=clock.business_now(),
            )
    except (Invalid, Conflict) as error:
        flash(refusal(error), "error")
    return None


def _draft(root: Group) -> Draft:
    sent = request.form
    kind = SegmentKind.STATIC if sent.get("kind") == SegmentKind.STATIC else SegmentKind.LIVE
    return Draft(
        sent.get("name", ""), sent.get("description", ""), kind, root, sent.get("revision", None, type=int)
    )


def _page(
    building: Building,
    catalog: Catalog,
    *,
    row: SegmentRow | None = None,
    name: str = "",
    description: str = "",
    kind: str = "",
) -> str:
    seen = _look(building, catalog)
    return render_template(
        "segments/edit.html",
        row=row,
        name=name,
        description=description,
        kind=kind or (row.kind.value if row else SegmentKind.LIVE.value),
        root=draw(building.root, building, catalog),
        fields=[
            (gettext(HEADINGS[one]), [(each.key, gettext(each.label)) for each in many])
            for one, many in group_of_fields(catalog)
        ],
        matches=[(each.value, gettext(words)) for each, words in MATCHES.items()],
        uses=queries.list_uses([row.id]).get(row.id, []) if row else [],
        ready=READY,
        seen=seen,
    )


def _look(building: Building, catalog: Catalog) -> Seen:
    try:
        root = pruned(building.tree(catalog))
        if not root.parts:
            return Seen()
        sentence = tree_in_words(root)
        exploration = explore(root, now=clock.business_now())
    except (Invalid, Conflict) as error:
        return Seen(problem=refusal(error))
    said = speaker()
    lines = tuple(
        (say_condition(each, said), effect)
        for each, effect in zip(conditions_of(root), exploration.effects, strict=True)
    )
    return Seen(sentence, exploration, lines, _some_people(root) if exploration.count else ())


def _some_people(root: Group) -> tuple[CustomerRow, ...]:
    """The first of them; a count that was quick is so for few people too."""
    try:
        ids = find_ids(root, now=clock.business_now(), limit=SAMPLE)
    except Conflict:
        return ()
    people = get_customers(ids)
    return tuple(people[one] for one in ids if one in people)
