"""Words of duplicates: where a pair stands, and what speaks for and against it."""

from enum import StrEnum


class PairState(StrEnum):
    """What was decided about two customers; APART is "not the same", remembered for ever."""

    OPEN = "open"
    MERGED = "merged"
    APART = "apart"
    HOUSEHOLD = "household"


class Why(StrEnum):
    """One reason of a score; each has its words on the page and its points in scoring.py."""

    SAME_MAIL = "same_mail"
    SAME_PHONE = "same_phone"
    SAME_CARD = "same_card"
    MAIL_ONE_LETTER = "mail_one_letter"
    MAIL_LOCAL_PART = "mail_local_part"
    MAIL_NAMES_OTHER = "mail_names_other"
    PHONE_ONE_DIGIT = "phone_one_digit"
    SAME_NAME = "same_name"
    COMMON_NAME = "common_name"
    SWAPPED_NAMES = "swapped_names"
    NICKNAME = "nickname"
    INITIAL = "initial"
    NAME_TYPO = "name_typo"
    SAME_LAST_NAME = "same_last_name"
    OTHER_FIRST_NAME = "other_first_name"
    OTHER_LAST_NAME = "other_last_name"
    SAME_BIRTH = "same_birth"
    BIRTH_ONE_PART = "birth_one_part"
    OTHER_BIRTH = "other_birth"
    SAME_STREET = "same_street"
    SAME_POSTCODE = "same_postcode"
    OTHER_POSTCODE = "other_postcode"
    SAME_COMPANY = "same_company"
    OTHER_TITLE = "other_title"
    GENERATIONS = "generations"
    FAMILY = "family"
