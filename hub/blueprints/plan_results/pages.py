"""Doors of the results: one plan, and the year with and without plans."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.plan_results import gain_words, tables, words
from hub.blueprints.plan_results.base import blueprint, read_asked, read_past, shared
from hub.blueprints.plan_results.links import behind
from hub.blueprints.plan_results.past import say_past
from hub.blueprints.statistics.filter_words import COMPARED
from hub.blueprints.statistics_words import define, define_each, share
from hub.plans.results.gains import get_gains
from hub.plans.results.queries import get_results


@blueprint.get("/gains")
def gains() -> ResponseReturnValue:
    """What plans brought in a year, against the same customers without their messages."""
    filters, asked = read_asked()
    found = get_gains(asked)
    return render_template(
        "plan_results/gains.html",
        found=found,
        words=words,
        tables=tables,
        year=gain_words,
        define=define,
        define_each=define_each,
        **shared(filters),
    )


@blueprint.get("/<key>/results")
def results(key: str) -> ResponseReturnValue:
    """What one plan did and earned, the gain with its interval first."""
    filters, asked = read_asked()
    found = get_results(key, asked, past=read_past(filters, asked))
    return render_template(
        "plan_results/results.html",
        found=found,
        words=words,
        tables=tables,
        define=define,
        define_each=define_each,
        share=share,
        behind=behind,
        past=say_past(found, filters),
        comparisons=[(each.value, gettext(text)) for each, text in COMPARED.items()],
        **shared(filters),
    )
