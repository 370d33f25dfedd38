"""The ways in, in the reader's words: what failed at a mailbox and what to do, what a trial found."""

from typing import Any

from flask_babel import gettext, ngettext

from hub.core.text import N_
from hub.mailroom.mailboxes import Trial
from hub.mailroom.words import MailboxFault


def fault_words(fault: MailboxFault, detail: str) -> str:
    """What failed, what to do next, and what the server said."""
    words = _sentences()[fault]
    return gettext("%(words)s (%(detail)s)", words=words, detail=detail) if detail else words


AWAY = N_(
    "The token address does not answer, or says that it cannot for the moment (too many requests, out of"
    " order). It is asked again by itself; if this lasts, please check the address and the provider’s status page."
)


def _sentences() -> dict[MailboxFault, str]:
    return {
        MailboxFault.UNKNOWN_HOST: gettext("No server of this name is known. Please check the name."),
        MailboxFault.REFUSED: gettext(
            "The server does not take connections at this port. Please check both."
        ),
        MailboxFault.NO_ANSWER: gettext("The server does not answer in time. Please check name and port."),
        MailboxFault.NOT_VERIFIED: gettext(
            "The server's certificate cannot be verified: no password was sent. Please check the name."
        ),
        MailboxFault.NO_TLS: gettext(
            "The line cannot be protected this way: no password was sent. Please check port and security."
        ),
        MailboxFault.LOGIN_REFUSED: gettext(
            "The server refuses user or password. Please type the password again; some providers ask for one made for applications."
        ),
        MailboxFault.NO_OAUTH: gettext(
            "The server does not take tokens. Please choose the password, or check the name of the server."
        ),
        MailboxFault.OAUTH_REFUSED: gettext(
            "The provider gives no token. Please check client ID, secret, refresh token and scope."
        ),
        MailboxFault.OAUTH_AWAY: gettext(AWAY),
        MailboxFault.OAUTH_NOT_TAKEN: gettext(
            "The server does not take the token for this user. Please check the user, the scope, and that the "
            "application may read this mailbox."
        ),
        MailboxFault.NO_FOLDER: gettext("The folder does not exist on the server. Please check its name."),
        MailboxFault.NO_TARGET: gettext(
            "The folder to move to does not exist on the server. Please make it there."
        ),
        MailboxFault.SEALED: gettext(
            "The password or token cannot be read any more: SECRET_KEY has changed. Please type it again."
        ),
        MailboxFault.MAIL_REFUSED: gettext(
            "Some mails could not be taken. They stay unread on the server and are tried again; the quarantine names them."
        ),
        MailboxFault.PROTOCOL: gettext("The server broke off. It is tried again."),
    }


def oauth_examples() -> list[dict[str, Any]]:
    """What known providers want to be filled in beside the application's own values."""
    application = gettext("OAuth, in the application's own right")
    tenant = gettext("tenant")
    return [
        {
            "name": "Microsoft 365",
            "note": gettext(
                "The application has the permission IMAP.AccessAsApp, and an administrator gave it the mailbox."
            ),
            "rows": [
                (gettext("IMAP server"), "outlook.office365.com:993"),
                (gettext("Signs in by"), application),
                (
                    gettext("Token address"),
                    f"https://login.microsoftonline.com/<{tenant}>/oauth2/v2.0/token",
                ),
                (gettext("Scope"), "https://outlook.office365.com/.default"),
            ],
        },
        {
            "name": "Gmail",
            "note": gettext("The user is the mail address itself."),
            "rows": [
                (gettext("IMAP server"), "imap.gmail.com:993"),
                (gettext("Signs in by"), gettext("OAuth, with a refresh token")),
                (gettext("Token address"), "https://oauth2.googleapis.com/token"),
                (gettext("Scope"), "https://mail.google.com/"),
            ],
        },
    ]


def trial_words(trial: Trial) -> str:
    """One sentence: it works and what waits, or what failed."""
    if trial.fault is not None:
        return fault_words(trial.fault, trial.detail)
    return ngettext(
        "The connection works: %(num)s unread mail waits.",
        "The connection works: %(num)s unread mails wait.",
        trial.unread_count,
    )
