"""Templates in the reader's words: what was found, what a block and a field are called, whose data is missing what."""

from collections.abc import Mapping

from flask_babel import gettext

from hub.content.blocks import BlockKind
from hub.content.findings import Check, CheckCode
from hub.content.rows import TemplateRow
from hub.content.samples import SampleKey
from hub.content.words import TemplateGroup
from hub.core.text import N_
from hub.core.words import Language

_CHECKS: Mapping[CheckCode, str] = {
    CheckCode.NO_SUBJECT: N_("The subject is missing."),
    CheckCode.NO_BLOCKS: N_("The message has no block. Please add one."),
    CheckCode.BAD_TEMPLATE: N_("The text cannot be read: %(problem)s."),
    CheckCode.MISSING_FALLBACK: N_(
        "%(variable)s may be missing. Give it a fallback, or show its block only when it has a value."
    ),
    CheckCode.HOLE: N_("A missing value leaves a hole: “%(detail)s” (%(sample)s)."),
    CheckCode.LEFT_OVER: N_("“%(detail)s” would be sent as it stands. Please check the brackets."),
    CheckCode.TOO_BIG: N_(
        "The mail weighs %(kilobytes)s kB; from 100 kB on, Gmail cuts it. Please shorten it."
    ),
    CheckCode.NO_ALT: N_("An image has no words for those who do not see it: %(source)s."),
    CheckCode.BAD_IMAGE: N_("The address of an image is not a complete https address: “%(source)s”."),
    CheckCode.CONTRAST: N_(
        "“%(words)s” has a contrast of %(ratio)s; 4.5 is the least. Choose a darker colour."
    ),
    CheckCode.EMPTY_LINK: N_("A link leads nowhere: “%(words)s”."),
    CheckCode.BAD_LINK: N_("“%(link)s” is not a complete https address."),
    CheckCode.UNKNOWN_LINK: N_("“%(link)s” is not a variable that holds a link."),
    CheckCode.WORDLESS_LINK: N_("A link has no words: %(link)s."),
    CheckCode.LINKS_DIFFER: N_("The plain text does not have the same links as the mail: %(detail)s."),
    CheckCode.WORDS_DIFFER: N_("The plain text does not say the same as the mail: %(detail)s."),
    CheckCode.NO_UNSUBSCRIBE: N_("The link to stop these messages is missing. Please add the footer."),
    CheckCode.REVIEW_GATING: N_(
        "The review link must go to every customer alike: it may not depend on a condition. "
        "Inviting only satisfied customers is forbidden."
    ),
    CheckCode.NO_FALLBACK: N_(
        "The subject uses %(detail)s, which may be missing. Please give it a fallback."
    ),
    CheckCode.BAD_FALLBACK: N_(
        "What stands in place of %(variable)s has no letter: “%(words)s”. Please write words, or leave it empty."
    ),
    CheckCode.HTML_CODE: N_(
        "“%(detail)s” would be sent as it stands. Please type the character itself, or a plain space."
    ),
    CheckCode.MISSING_LANGUAGE: N_("This language has neither a draft nor a version in use."),
    CheckCode.TOO_SHORT: N_("The subject has %(detail)s characters; 35 to 45 are read best."),
    CheckCode.TOO_LONG: N_("The subject has %(detail)s characters; phones cut it after 45."),
    CheckCode.ALL_CAPITALS: N_("The subject is all in capitals; filters distrust that."),
    CheckCode.PUNCTUATION_RUN: N_("The subject has a run of signs: “%(detail)s”."),
    CheckCode.REPEATED_WORD: N_("The subject says “%(detail)s” more than once."),
    CheckCode.RISK_WORD: N_("Filters distrust the word “%(detail)s” in a subject."),
    CheckCode.SENDER_WITHOUT_BRAND: N_("The sender “%(detail)s” does not name the chain (see the settings)."),
    CheckCode.NO_PREHEADER: N_(
        "The line shown after the subject is empty; mail programs fill it with any text."
    ),
    CheckCode.BIG: N_("The mail weighs %(kilobytes)s kB; from 100 kB on it cannot be published."),
    CheckCode.DARK_CONTRAST: N_("In dark mode “%(words)s” has a contrast of %(ratio)s only."),
    CheckCode.LOW_SUPPORT: N_("Mail programs draw only %(percent)s %% of what this mail uses."),
    CheckCode.SMS_UNICODE: N_("The SMS holds %(characters)s: it costs more than twice as much."),
    CheckCode.SMS_LONG: N_("The SMS takes %(count)s segments; two are enough for most messages."),
}


def check_sentence(check: Check) -> str:
    """What was found, and what to do about it."""
    values = dict(check.values)
    if "sample" in values:
        values["sample"] = sample_words(values["sample"])
    return str(gettext(_CHECKS[check.code], **values) if values else gettext(_CHECKS[check.code]))


def block_words(kind: BlockKind) -> str:
    words = {
        BlockKind.HEADER: gettext("Title of the mail"),
        BlockKind.HEADING: gettext("Heading"),
        BlockKind.TEXT: gettext("Text"),
        BlockKind.ITEMS: gettext("Numbered list"),
        BlockKind.IMAGE: gettext("Image"),
        BlockKind.BUTTON: gettext("Button"),
        BlockKind.PRODUCTS: gettext("Product list"),
        BlockKind.BASKET: gettext("Basket"),
        BlockKind.ORDER: gettext("Order"),
        BlockKind.STORE: gettext("Store card"),
        BlockKind.PROMO_CODE: gettext("Promo code"),
        BlockKind.REVIEW: gettext("Review"),
        BlockKind.BOXES: gettext("Survey boxes"),
        BlockKind.FACTS: gettext("Table of facts"),
        BlockKind.QUOTE: gettext("Quoted words"),
        BlockKind.SOCIAL: gettext("Social profiles"),
        BlockKind.GAP: gettext("Space"),
        BlockKind.FOOTER: gettext("Footer"),
    }
    return words[kind]


def field_words(kind: BlockKind, name: str) -> str:
    """What a field is called."""
    words = {
        "text": gettext("Why the customer receives this") if kind is BlockKind.FOOTER else gettext("Words"),
        "style": gettext("Size"),
        "source": gettext("Address of the image"),
        "alt": gettext("Words in place of the image"),
        "link": gettext("Leads to"),
        "label": gettext("Words of the button")
        if kind is not BlockKind.PROMO_CODE
        else gettext("Words before the code"),
        "colour": gettext("Colour"),
        "count": gettext("How many at most"),
        "title": gettext("Heading"),
        "has_hours": gettext("With the opening hours"),
        "rows": gettext("One line each: label | variable"),
        "variable": gettext("Variable"),
    }
    return words[name]


def field_hint(name: str) -> str:
    """What to type into a field, where its name does not say it."""
    hints = {
        "link": gettext("A variable such as shop_url, or an address that begins with https."),
        "source": gettext("It begins with https."),
        "alt": gettext("What the image says; shown where images are off."),
    }
    return hints.get(name, "")


def group_words(group: TemplateGroup | None) -> str:
    """What a group of delivered messages is called; None: those made here."""
    words = {
        None: gettext("Made here"),
        TemplateGroup.WELCOME: gettext("Welcome"),
        TemplateGroup.BASKET: gettext("Abandoned basket"),
        TemplateGroup.ORDERS: gettext("Order messages"),
        TemplateGroup.SURVEY: gettext("Survey after the purchase"),
        TemplateGroup.NEXT_PURCHASE: gettext("Next purchase"),
        TemplateGroup.BIRTHDAY: gettext("Birthday"),
        TemplateGroup.CHURN: gettext("Customers who come less"),
        TemplateGroup.REACTIVATION: gettext("Reactivation before deletion"),
        TemplateGroup.EXCHANGES: gettext("Requests and sign-ups"),
        TemplateGroup.STAFF: gettext("To the staff"),
    }
    return words[group]


def choice_words(choice: str) -> str:
    words = {
        "normal": gettext("normal"),
        "small": gettext("small"),
        "signature": gettext("signature"),
    }
    return words.get(choice, choice)


def sample_words(sample: SampleKey | str) -> str:
    """Whose data is missing what."""
    words = {
        SampleKey.FULL: gettext("everything known"),
        SampleKey.NO_TITLE: gettext("no title"),
        SampleKey.NO_FIRST_NAME: gettext("no first name"),
        SampleKey.NO_NAME: gettext("no name"),
        SampleKey.NO_STORE_PHONE: gettext("no phone of the store"),
        SampleKey.NO_STORE: gettext("no store"),
        SampleKey.EMPTY_ORDER: gettext("empty order"),
        SampleKey.NO_LINKS: gettext("no profiles, no review page"),
        SampleKey.NO_CODE: gettext("no promo code, no status"),
        SampleKey.BARE: gettext("only what is always there"),
    }
    return words[SampleKey(sample)]


def form_words(form: str) -> str:
    """The ways to look at a message."""
    words = {
        "mobile": gettext("Phone"),
        "pc": gettext("Computer"),
        "dark": gettext("Dark"),
        "text": gettext("Plain text"),
        "no_images": gettext("Images off"),
        "sms": gettext("SMS"),
    }
    return words[form]


def language_words(language: Language | str) -> str:
    """Languages are called by their own names."""
    return {Language.FRENCH: "Français", Language.ENGLISH: "English"}[Language(language)]


def states(row: TemplateRow) -> list[tuple[str, str]]:
    """Where a template stands, as words and tones."""
    found = []
    if row.draft_languages:
        found.append((gettext("draft"), "warn"))
    if row.own_languages:
        found.append((gettext("your version in use"), "ok"))
    elif row.is_builtin:
        found.append((gettext("as delivered"), "info"))
    if not row.published_languages:
        found.append((gettext("not published yet"), "plain"))
    return found
