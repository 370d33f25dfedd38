"""What a reader says of an article, read from a form of the help centre or of the staff, and its reasons in words."""

from flask import request
from flask_babel import gettext

from hub.knowledge.words import VoteReason

YES, NO = "yes", "no"


def vote_reasons() -> list[tuple[VoteReason, str]]:
    return [
        (VoteReason.UNCLEAR, gettext("I do not understand it")),
        (VoteReason.INCOMPLETE, gettext("Something is missing")),
        (VoteReason.OUTDATED, gettext("It is not true any more")),
        (VoteReason.ELSEWHERE, gettext("It does not answer my question")),
    ]


def given_answer() -> bool | None:
    """Whether it helped; None for anything else."""
    return {YES: True, NO: False}.get(request.form.get("helpful", ""))


def given_reason() -> VoteReason | None:
    given = request.form.get("reason", "")
    return VoteReason(given) if given in set(VoteReason) else None
