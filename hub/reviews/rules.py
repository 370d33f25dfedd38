"""What makes a review well formed, and who may do what with it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.reviews.words import RefusalReason, ReviewState, Verdict

LINK_DAYS = 60
NONCE_MAX = timedelta(hours=24)
STARS = (5, 4, 3, 2, 1)
"""In the order of the form."""
LONGEST_WORDS = 5_000
LONGEST_NAME = 40
LONGEST_REASON = 500
LONGEST_ANSWER = 2_000
MOST_PHOTOS = 3
MOST_PHOTO_BYTES = 6 * 1024 * 1024
NO_STARS = N_("Please choose a number of stars.")
NO_NAME = N_("Please write the name to be shown with your review.")
ADDRESS_AS_NAME = N_("This name is shown to everybody: please do not write a mail address or a number.")
MANY_PHOTOS = N_("At most %(most)s photos for one review. Please leave some out.")
LARGE_PHOTO = N_("A photo may weigh at most %(most)s MB. Please choose a smaller one.")
NO_REASON = N_("Please choose why the review is refused.")
NO_REASON_WORDS = N_("Please tell the customer in your words why the review is refused.")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a customer wrote; `points` are his verdicts by the key of the point."""

    stars: int
    points: Mapping[str, Verdict]
    words: str
    description: str
    public_name: str


def read_written(given: Mapping[str, str], *, keys: Collection[str]) -> Written:
    """A form as it was sent. `keys` name the points that are asked. Raises Invalid (fields stars, public_name)."""
    stars = given.get("stars", "")
    if stars not in {str(each) for each in STARS}:
        raise Invalid(NO_STARS, field="stars")
    return Written(
        stars=int(stars),
        points={key: Verdict(given[f"point_{key}"]) for key in keys if _is_verdict(given, key)},
        words=plain_words(given.get("words", ""), LONGEST_WORDS),
        description=plain_words(given.get("description", ""), LONGEST_WORDS),
        public_name=read_name(given.get("public_name", "")),
    )


def _is_verdict(given: Mapping[str, str], key: str) -> bool:
    return given.get(f"point_{key}") in set(Verdict)


def plain_words(text: str, longest: int) -> str:
    """As it was typed, without what no text holds."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()[:longest]


def read_name(text: str) -> str:
    name = " ".join(text.replace("\x00", "").split())[:LONGEST_NAME]
    if not name:
        raise Invalid(NO_NAME, field="public_name")
    if "@" in name or sum(letter.isdigit() for letter in name) > LONGEST_DIGITS:
        raise Invalid(ADDRESS_AS_NAME, field="public_name")
    return name


LONGEST_DIGITS = 4


def usual_name(first_name: str, last_name: str) -> str:
    """First name and initial: what is offered, and may be changed."""
    initial = f"{last_name.strip()[:1].upper()}." if last_name.strip() else ""
    return " ".join(filter(None, (first_name.strip().title(), initial)))[:LONGEST_NAME]


def check_count(count: int) -> None:
    """Raises Invalid (field photos) for more photos than a review may have."""
    if count > MOST_PHOTOS:
        raise Invalid(MANY_PHOTOS, field="photos", most=MOST_PHOTOS)


def check_sizes(sizes: Collection[int]) -> None:
    """In bytes, as they were sent. Raises Invalid (field photos)."""
    if any(size > MOST_PHOTO_BYTES for size in sizes):
        raise Invalid(LARGE_PHOTO, field="photos", most=MOST_PHOTO_BYTES // 2**20)


def check_refusal(reason: str, words: str) -> tuple[RefusalReason, str]:
    """Raises Invalid (fields reason, words): a refusal always says why."""
    if reason not in set(RefusalReason):
        raise Invalid(NO_REASON, field="reason")
    said = plain_words(words, LONGEST_REASON)
    if reason == RefusalReason.OTHER and not said:
        raise Invalid(NO_REASON_WORDS, field="words")
    return RefusalReason(reason), said


def is_nonce_age_good(opened_at: datetime, now: datetime, *, least_seconds: float) -> bool:
    """A page is sent between one second and a day after it was opened: machines are faster or later."""
    return timedelta(seconds=least_seconds) <= now - opened_at <= NONCE_MAX


def rating_markup(product: Mapping[str, Any], *, count: int, average: float) -> dict[str, Any] | None:
    """JSON-LD of schema.org: the product and its aggregate rating, nothing of the shop; None without a review.

    `product`: name, sku, and url, image where they are known.
    """
    if count == 0:
        return None
    rating = {
        "@type": "AggregateRating",
        "ratingValue": f"{average:.1f}",
        "reviewCount": count,
        "bestRating": 5,
        "worstRating": 1,
    }
    told = {name: value for name, value in product.items() if value}
    return {"@context": "https://schema.org", "@type": "Product", **told, "aggregateRating": rating}


def may_publish(state: ReviewState) -> bool:
    """A published one is published; a refusal may be taken back."""
    return state is not ReviewState.PUBLISHED


def may_refuse(state: ReviewState) -> bool:
    """Also what was published, when somebody reports it."""
    return state is not ReviewState.REFUSED
