"""The ways in, in the reader's words: what failed at a mailbox and what to do, what a trial found."""

from flask_babel import gettext, ngettext

from hub.mailroom.mailboxes import Trial
from hub.mailroom.words import MailboxFault


def fault_words(fault: MailboxFault, detail: str) -> str:
    """What failed, what to do next, and what the server said."""
    words = _sentences()[fault]
    return gettext("%(words)s (%(detail)s)", words=words, detail=detail) if detail else words


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
        MailboxFault.NO_FOLDER: gettext("The folder does not exist on the server. Please check its name."),
        MailboxFault.NO_TARGET: gettext(
            "The folder to move to does not exist on the server. Please make it there."
        ),
        MailboxFault.SEALED: gettext(
            "The password cannot be read any more: SECRET_KEY has changed. Please type it again."
        ),
        MailboxFault.MAIL_REFUSED: gettext(
            "Some mails could not be taken. They stay unread on the server and are tried again; the quarantine names them."
        ),
        MailboxFault.PROTOCOL: gettext("The server broke off. It is tried again."),
    }


def trial_words(trial: Trial) -> str:
    """One sentence: it works and what waits, or what failed."""
    if trial.fault is not None:
        return fault_words(trial.fault, trial.detail)
    return ngettext(
        "The connection works: %(num)s unread mail waits.",
        "The connection works: %(num)s unread mails wait.",
        trial.unread_count,
    )
