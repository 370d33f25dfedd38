"""Door of the churn score: bands of points with how many customers of each did not come back."""

from typing import Any

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext

from hub.blueprints.statistics_words import as_csv
from hub.blueprints.values.base import blueprint, number, share
from hub.core import clock
from hub.segments.values.defining import get_definitions
from hub.segments.values.queries import BandRow, list_bands
from hub.segments.values.sampling import BANDS, PER_BAND

FEW = 30


@blueprint.get("/churn")
def show_churn() -> ResponseReturnValue:
    by = get_definitions()
    found = list_bands(by, now=clock.business_now())
    return render_template(
        "values/churn.html",
        rows=[_row(place, band) for place, band in enumerate(found.bands)],
        by=by,
        rescue_below=number(by.rescue_below),
        call_below=number(by.call_below),
        taken_on=format_date(found.taken_at) if found.taken_at else "",
        until_on=format_date(found.until) if found.until else "",
        is_short=bool(
            found.taken_at and found.until and (found.until - found.taken_at).days < by.observed_days
        ),
        per_band=PER_BAND,
    )


@blueprint.get("/churn.csv")
def churn_csv() -> Response:
    found = list_bands(get_definitions(), now=clock.business_now())
    head = ["lowest", "highest", "customers", "sampled", "bought", "lost"]
    lines = [
        [each.lowest, each.highest, each.customer_count, each.sampled_count, each.bought_count,
         each.sampled_count - each.bought_count]
        for each in found.bands
    ]  # fmt: skip
    return as_csv("churn.csv", [head, *lines])


def _row(place: int, band: BandRow) -> dict[str, Any]:
    lost = band.sampled_count - band.bought_count
    seen = share(lost, band.sampled_count)
    return {
        "band": band_words(band.lowest, band.highest),
        "href": url_for("values.list_members", band=place),
        "customers": number(band.customer_count),
        "sampled": number(band.sampled_count),
        "bought": number(band.bought_count),
        "lost": gettext("%(share)s (few)", share=seen) if 0 < band.sampled_count < FEW else seen,
    }


def band_words(lowest: int, highest: int) -> str:
    """From the highest to the lowest points."""
    if lowest == highest:
        return number(highest)
    if (lowest, highest) == BANDS[-1]:
        return str(gettext("%(points)s and below", points=number(highest)))
    return str(gettext("%(highest)s to %(lowest)s", highest=number(highest), lowest=number(lowest)))
