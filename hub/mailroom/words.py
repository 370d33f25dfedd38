"""Words of the door in."""

from enum import StrEnum


class ArrivalState(StrEnum):
    WAITING = "waiting"
    SORTED = "sorted"
    QUARANTINED = "quarantined"


class ArrivalWay(StrEnum):
    """The wire it came by."""

    LISTENER = "listener"
    HTTP = "http"
    FORM = "form"
    API = "api"
    PHONE = "phone"
    IMAP = "imap"


class ArrivalKind(StrEnum):
    """What it was, once sorted."""

    MESSAGE = "message"
    REPORT = "report"
    AUTO_REPLY = "auto_reply"
    MACHINE = "machine"
    STOP = "stop"


class MailboxSecurity(StrEnum):
    """How the line to a mailbox is protected; the server's certificate is always verified."""

    TLS = "tls"
    STARTTLS = "starttls"


class AfterPoll(StrEnum):
    """What becomes of a mail on its server once it is kept here."""

    SEEN = "seen"
    MOVE = "move"


class MailboxFault(StrEnum):
    """Why a mailbox could not be polled."""

    UNKNOWN_HOST = "unknown_host"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    NOT_VERIFIED = "not_verified"
    NO_TLS = "no_tls"
    LOGIN_REFUSED = "login_refused"
    NO_FOLDER = "no_folder"
    NO_TARGET = "no_target"
    SEALED = "sealed"
    MAIL_REFUSED = "mail_refused"
    PROTOCOL = "protocol"
