"""Raw mail to frozen values: what it is, who wrote, what was said; no table, no rule of the product."""

from hub.channels.mail_parsing.facts import Attachment, MailAddress, ParsedMail, Report
from hub.channels.mail_parsing.parsing import parse_mail
from hub.channels.mail_parsing.sanitise import sanitise_html
from hub.channels.mail_parsing.words import MailKind, ReportClass

__all__ = [
    "Attachment",
    "MailAddress",
    "MailKind",
    "ParsedMail",
    "Report",
    "ReportClass",
    "parse_mail",
    "sanitise_html",
]
