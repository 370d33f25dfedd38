"""Address ranges from which only mail filters come; no person browses from there. Pure."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

# As their services publish them, read in November 2026. A range belongs here only when people never browse from it.
PUBLISHED = (
    "40.92.0.0/15",  # Microsoft, Exchange Online Protection ("Office 365 URLs and IP address ranges", id 10)
    "40.107.0.0/16",
    "52.100.0.0/14",
    "104.47.0.0/17",
    "209.222.80.0/21",  # Barracuda, Email Gateway Defense
)


def read_ranges(text: str) -> tuple[Network, ...]:
    """`198.51.100.0/24, 2001:db8::/32` as networks, after the published ones. Raises ValueError on anything else."""
    own = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(ip_network(part) for part in (*PUBLISHED, *own))


@lru_cache(maxsize=4096)
def is_filter_address(address: str, ranges: tuple[Network, ...]) -> bool:
    """Whether the address lies in one of the ranges; what is no address lies in none."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in ranges if network.version == found.version)
