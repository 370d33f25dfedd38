"""The rule of the review link: every respondent gets it alike, whatever the score (spec surveys.md). Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator

from hub.plans.checking.findings import Fault, Finding, found
from hub.plans.checking.known import Known
from hub.plans.checking.ways import Ways
from hub.plans.definitions import Clause, Condition, Step
from hub.plans.words import Ask, StepKind, Trigger


def check_reviews(ways: Ways, known: Known) -> Iterator[Finding]:
    """A condition on the score may choose the words, never who is invited to publish a review."""
    entry = ways.definition.entry
    asking = [leaf for clause in entry.when for leaf in score_leaves(clause.leaves, known)]
    if Trigger.CHURN_BELOW in entry.on:
        asking.append(Condition(Ask.CHURN_BELOW, params=entry.params))
    for step in ways.definition.steps:
        if not step.is_on or step.key not in ways.reached:
            continue
        if step.is_send:
            yield from _check_send(step, asking, known)
        elif step.kind is StepKind.SPLIT:
            yield from _check_fork(ways, step, known)


def score_leaves(leaves: Iterable[Condition], known: Known) -> list[Condition]:
    """Questions whose answer depends on what the customer answered: the churn score counts unhappy answers."""
    return [
        leaf
        for leaf in leaves
        if leaf.ask is Ask.CHURN_BELOW
        or (
            leaf.ask is Ask.SEGMENT
            and (segment := known.segments.get(leaf.params["id"]))
            and segment.asks_score
        )
    ]


def _check_send(step: Step, asking: list[Condition], known: Known) -> Iterator[Finding]:
    with_link = [key for key in step.templates if _has_review(key, known)]
    if not with_link:
        return
    own = [*asking, *(leaf for clause in step.when for leaf in score_leaves(clause.leaves, known))]
    if own:
        yield _gating(step, with_link[0], own[0])
        return
    if len(with_link) < len(step.templates):
        chosen = [leaf for each in step.variants for leaf in _score_leaves_of(each.when, known)]
        if chosen:
            yield _gating(step, with_link[0], chosen[0])


def _score_leaves_of(clauses: Iterable[Clause], known: Known) -> list[Condition]:
    return [leaf for clause in clauses for leaf in score_leaves(clause.leaves, known)]


def _check_fork(ways: Ways, fork: Step, known: Known) -> Iterator[Finding]:
    """Both ways of a fork on the score must invite alike: on the same day, as often."""
    leaves = _score_leaves_of(fork.when, known)
    if not leaves or not fork.otherwise:
        return
    following = ways.definition.step_after(fork.key)
    yes = _inviting(ways, following, known)
    no = _inviting(ways, ways.definition.step(fork.otherwise), known)
    if Counter(map(_moment, yes)) == Counter(map(_moment, no)):
        return
    keys = {step.key for step in yes} ^ {step.key for step in no}
    for step in (*yes, *no):
        if step.key in keys:
            template = next(key for key in step.templates if _has_review(key, known))
            yield _gating(step, template, leaves[0])


def _inviting(ways: Ways, start: Step | None, known: Known) -> list[Step]:
    steps = (start, *ways.ahead(start)) if start else ()
    return [
        step
        for step in steps
        if step.is_send and step.is_on and any(_has_review(key, known) for key in step.templates)
    ]


def _moment(step: Step) -> tuple[object, ...]:
    return step.anchor, step.delay, step.channel


def _has_review(key: str, known: Known) -> bool:
    template = known.templates.get(key)
    return template is not None and template.has_review


def _gating(step: Step, template: str, leaf: Condition) -> Finding:
    return found(Fault.REVIEW_GATING, step.key, template=template, clause=leaf)
