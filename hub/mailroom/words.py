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


class MailboxAuth(StrEnum):
    """How a mailbox lets us in: a password, or a token by the application's own right or by a person's refresh token."""

    PLAIN = "plain"
    OAUTH_APPLICATION = "oauth_application"
    OAUTH_REFRESH = "oauth_refresh"


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
    NO_OAUTH = "no_oauth"
    OAUTH_REFUSED = "oauth_refused"
    OAUTH_AWAY = "oauth_away"
    OAUTH_NOT_TAKEN = "oauth_not_taken"
    PROTOCOL = "protocol"
