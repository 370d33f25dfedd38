"""Doors that show: the sendings of a questionnaire with their response rates, and one of them with its reasons."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.questionnaire_results import tables
from hub.blueprints.questionnaire_sending import words
from hub.blueprints.questionnaire_sending.base import blueprint, get_wave
from hub.core import clock
from hub.questionnaires.drafts.queries import get_questionnaire
from hub.questionnaires.drafts.rows import is_taking
from hub.questionnaires.results.following import response_rates
from hub.questionnaires.sending import queries
from hub.questionnaires.sending.cohorts import Cohort
from hub.questionnaires.sending.rows import WaveLine


@blueprint.get("/<int:questionnaire_id>/invitations")
def list_waves(questionnaire_id: int) -> ResponseReturnValue:
    """The last one planned first; those asked one by one stand below, by week."""
    draft, now = get_questionnaire(questionnaire_id), clock.business_now()
    waves = queries.list_waves(questionnaire_id, before=request.args.get("before", type=int))
    rates = response_rates(questionnaire_id, now=now)
    by_wave = {each.wave_id: each for each in rates if each.wave_id}
    older = url_for(".list_waves", questionnaire_id=draft.id, before=waves[-1].id) if waves else None
    return render_template(
        "questionnaire_sending/list.html",
        draft=draft,
        is_taking=is_taking(draft.state, draft.closes_at, now),
        lines=[_line(wave, by_wave.get(wave.id)) for wave in waves],
        weeks=[tables.cohort_row(each) for each in rates if each.wave_id is None],
        older=older if len(waves) == queries.MOST else None,
        newest=url_for(".list_waves", questionnaire_id=draft.id) if "before" in request.args else None,
    )


@blueprint.get("/<int:questionnaire_id>/invitations/<int:wave_id>")
def show_wave(questionnaire_id: int, wave_id: int) -> ResponseReturnValue:
    """Who was not asked and why, who was not reminded, what became of the letters."""
    draft, wave = get_questionnaire(questionnaire_id), get_wave(questionnaire_id, wave_id)
    rates = response_rates(questionnaire_id, now=clock.business_now())
    return render_template(
        "questionnaire_sending/wave.html",
        draft=draft,
        wave=wave,
        line=_line(wave, next((each for each in rates if each.wave_id == wave.id), None)),
        passed_over=words.reason_lines(queries.passed_over(wave.id)),
        not_reminded=words.reason_lines(queries.not_reminded(wave.id)),
        letters=words.letter_lines(queries.count_letters(wave.id)),
    )


def _line(wave: WaveLine, cohort: Cohort | None) -> dict[str, Any]:
    state, tone = words.state_words(wave.state)
    said = tables.cohort_row(cohort) if cohort else {"rate": "–", "note": ""}
    return {
        "wave": wave,
        "name": wave.segment_name or gettext("Deleted segment"),
        "state": state,
        "tone": tone,
        "rate": said["rate"],
        "note": said["note"],
        "is_told": cohort is None or cohort.answered is not None,
    }
