"""Mail domains that are often mistyped, and what was probably meant. Pure."""

from difflib import get_close_matches

# The mail providers of French households, most used first.
COMMON_DOMAINS = (
    "gmail.com",
    "orange.fr",
    "hotmail.fr",
    "hotmail.com",
    "free.fr",
    "wanadoo.fr",
    "outlook.fr",
    "outlook.com",
    "sfr.fr",
    "laposte.net",
    "yahoo.fr",
    "yahoo.com",
    "icloud.com",
    "live.fr",
    "bbox.fr",
    "neuf.fr",
    "numericable.fr",
    "proton.me",
)
NEARNESS = 0.85


def suggest_mail(address: str) -> str | None:
    """`anne@gmial.com` gives `anne@gmail.com`; None when the domain is a common one or like none."""
    local, at, domain = address.strip().lower().rpartition("@")
    if not at or not local or domain in COMMON_DOMAINS:
        return None
    near = get_close_matches(domain, COMMON_DOMAINS, n=1, cutoff=NEARNESS)
    return f"{local}@{near[0]}" if near else None
