"""What the checks know beside the row: the chain's own domains, the file's columns, the day. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

WIDELY_USED = 8
"""A domain with so many addresses, in the base and the file together, is one that others may have meant."""


@dataclass(frozen=True)
class Known:
    """Handed to every check. Everything but `today` may be left away: then only the lists of the house speak.

    `domains` and `file_domains` count the addresses of each mail domain in the base and in the file; `towns` says which
    town the base knows at a post code, by `postcode`; `has_mail_server` asks the DNS, None when it is off; `stores` are
    the codes and names of stores, folded, None when they are not known; `is_day_first` says of a date field whether
    03/04 is the third of April, as its whole column tells (None: both ways are met; no key: nothing tells).
    """

    today: date
    country: str = "FR"
    domains: Mapping[str, int] = field(default_factory=dict)
    file_domains: Mapping[str, int] = field(default_factory=dict)
    towns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stores: frozenset[str] | None = None
    is_day_first: Mapping[str, bool | None] = field(default_factory=dict)
    has_mail_server: Callable[[str], bool] | None = None
    is_consent_known: bool = False
    """Whether date and source of the consents are given for the whole file by who imports it."""

    def count(self, domain: str) -> int:
        """How many addresses of the base and the file have the domain."""
        return self.domains.get(domain, 0) + self.file_domains.get(domain, 0)

    @cached_property
    def widely_used(self) -> tuple[str, ...]:
        """Domains that teach what was meant, most used first."""
        counts = {domain: self.count(domain) for domain in {*self.domains, *self.file_domains}}
        often = [domain for domain, count in counts.items() if count >= WIDELY_USED]
        return tuple(sorted(often, key=lambda domain: (-counts[domain], domain)))

    @cached_property
    def cache(self) -> dict[str, Any]:
        """What was already decided about a domain, for as long as this knowledge is used."""
        return {}
