"""Which variables an author may use in a template, and with what they are filled for want of a value."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from hub.content.catalog import Variable, get_builtin, list_keys, read_variable, shared_tables
from hub.content.wording import visible
from hub.core.words import Purpose

SURE = frozenset({"chain_name", "unsubscribe_url", "preferences_url"})
WITHOUT_UNSUBSCRIBE = frozenset({Purpose.TRANSACTIONAL, Purpose.REPLY, Purpose.STAFF})
_SHOWN_BY_BLOCKS = ("order", "basket")
OWN_PURPOSES = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SERVICE, Purpose.TRANSACTIONAL, Purpose.SURVEY)
"""What a template made here may be for: replies and mails to the staff are written by the product."""


@cache
def known_variables(key: str, language: str) -> tuple[Variable, ...]:
    """The variables of a template: its own (a delivered mail) or all that customers' mails know, then the blocks'.

    In a template made here only the chain's name and the links of the footer are sure to be there.
    """
    table: dict[str, Variable] = {}
    if key in list_keys():
        table = {variable.name: variable for variable in get_builtin(key, language).variables}
    else:
        for each in list_keys():
            mail = get_builtin(each, language)
            if mail.purpose not in {Purpose.STAFF, Purpose.REPLY}:
                table = {v.name: replace(v, is_required=v.name in SURE) for v in mail.variables} | table
    for name, entry in [each for used in _SHOWN_BY_BLOCKS for each in shared_tables()[used].items()]:
        table.setdefault(name, read_variable(name, entry, language, {}))
    return tuple(table.values())


def with_fallbacks(variables: Iterable[Variable], fallbacks: Mapping[str, str]) -> tuple[Variable, ...]:
    """The variables with the author's fallbacks in place of ours, without characters nobody sees; links keep none."""
    written = {name: visible(words).strip() for name, words in fallbacks.items()}
    return tuple(replace(v, fallback=written[v.name]) if written.get(v.name) else v for v in variables)
