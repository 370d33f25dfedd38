"""Everything looked at before a plan is published, what stops it first. Pure: a definition, and what is known of the world."""

from hub.plans.checking.codes import check_codes
from hub.plans.checking.conditions import check_conditions
from hub.plans.checking.findings import Finding, Severity
from hub.plans.checking.known import Known
from hub.plans.checking.messages import check_messages
from hub.plans.checking.paths import check_paths
from hub.plans.checking.reviews import check_reviews
from hub.plans.checking.room import check_room
from hub.plans.checking.ways import Ways
from hub.plans.definitions import Definition


def check(definition: Definition, known: Known) -> tuple[Finding, ...]:
    """What was found, in the order of the steps; what stops the publication before what is only said."""
    ways = Ways(definition, known.needed_steps)
    findings = [
        *check_paths(ways, known),
        *check_messages(ways, known),
        *check_room(ways, known.caps),
        *check_codes(ways, known),
        *check_conditions(ways, known),
        *check_reviews(ways, known),
    ]
    places = {step.key: place for place, step in enumerate(definition.steps)}
    return tuple(
        sorted(
            findings,
            key=lambda each: (each.severity is Severity.WARNS, places.get(each.step_key or "", -1)),
        )
    )


def blocking(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(each for each in findings if each.severity is Severity.BLOCKS)
