"""What a plan of the product is made of; one module a plan beside this one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.core.words import Language


@dataclass(frozen=True)
class BuiltinPlan:
    """`priority`: the lower number wins the last place under a cap (plans.md, default order).

    `former`: definitions that were published with earlier versions of the product. A chain whose plan still has one of
    them gets the present one as a new version; one that wrote its own keeps it. `english`: by step what replaces its
    French words for the staff.
    """

    key: str
    name_fr: str
    name_en: str
    priority: int
    control_percent: int
    is_on: bool
    definition: Mapping[str, Any]
    former: tuple[Mapping[str, Any], ...] = ()
    english: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def definition_in(self, language: Language) -> dict[str, Any]:
        """With the words for the staff (of a call) in the chain's language."""
        return _in_language(self.definition, self.english if language is Language.ENGLISH else {})

    def is_own(self, definition: Mapping[str, Any]) -> bool:
        """Whether the product published this before, in either language."""
        return any(
            definition == _in_language(old, words) for old in self.former for words in ({}, self.english)
        )


def _in_language(definition: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    steps = [{**step, **words.get(step["key"], {})} for step in definition["steps"]]
    return {**definition, "steps": steps}
