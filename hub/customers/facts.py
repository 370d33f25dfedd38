"""What happens to a customer's contact data, as facts."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ConsentChanged(Fact):
    """The state of a consent changed; which one stands in the ledger entry."""

    entry_id: int
    is_given: bool


@dataclass(frozen=True, kw_only=True)
class AddressSuppressed(Fact):
    """Nothing (or nothing of one purpose) may be sent to an address of the customer any more."""

    suppression_id: int


@dataclass(frozen=True, kw_only=True)
class SuppressionLifted(Fact):
    suppression_id: int


@dataclass(frozen=True, kw_only=True)
class AddressesErased(Fact):
    """Every address the customer had was forgotten; `count` is how many."""

    count: int


class CustomerAdded(Fact):
    """The shop told us, by its interface and with its own id, of somebody we did not know: an account was made there.

    Batches tell nothing.
    """


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Fact):
    """Another customer (`merged_id`) was made part of this one."""

    merged_id: int
    merge_id: int


@dataclass(frozen=True, kw_only=True)
class CustomersUnmerged(Fact):
    """A merge of this customer with another one was undone: they are two again."""

    other_id: int
    merge_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerUnarchived(Fact):
    """A person brought the customer back from the archive of the inactive."""


@dataclass(frozen=True, kw_only=True)
class BaseAudited(Fact):
    """The base was audited: whoever is to be told gets the counts by mail."""

    audit_id: int
