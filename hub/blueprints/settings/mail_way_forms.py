"""Forms of the ways in: a mailbox that is polled, an address to which a provider posts raw mails."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import EmailField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired

from hub.blueprints.forms import Form, ids, options, required
from hub.mailroom.mailboxes import MailboxDetails
from hub.mailroom.words import AfterPoll, MailboxAuth, MailboxSecurity
from hub.stores.queries import list_stores


def _stores() -> list[tuple[object, str]]:
    return [("", gettext("The chain")), *((row.id, row.name) for row in list_stores())]


class MailboxForm(Form):
    address = EmailField(_("Mail address"), [required()])
    store_id = SelectField(_("Belongs to"), default="")
    host = StringField(_("IMAP server"), [required()])
    port = IntegerField(_("Port"), [InputRequired(_("Please give a port, usually 993 or 143."))], default=993)
    security = SelectField(_("Security"), default=MailboxSecurity.TLS.value)
    username = StringField(_("User"), [required()])
    auth = SelectField(_("Signs in by"), default=MailboxAuth.PLAIN.value)
    password = PasswordField(_("Password"))
    token_url = StringField(_("Token address"))
    client_id = StringField(_("Client ID"))
    client_secret = PasswordField(_("Client secret"))
    refresh_token = PasswordField(_("Refresh token"))
    scope = StringField(_("Scope"))
    folder = StringField(_("Folder"), [required()], default="INBOX")
    after = SelectField(_("Once a mail is kept here"), default=AfterPoll.SEEN.value)
    move_to = StringField(_("Folder to move to"))

    def offer(self) -> None:
        self.store_id.choices = options(_stores())
        self.security.choices = options(
            [
                (MailboxSecurity.TLS.value, gettext("TLS (usually port 993)")),
                (MailboxSecurity.STARTTLS.value, gettext("STARTTLS (usually port 143)")),
            ]
        )
        self.auth.choices = options(
            [
                (MailboxAuth.PLAIN.value, gettext("password")),
                (MailboxAuth.OAUTH_APPLICATION.value, gettext("OAuth, in the application's own right")),
                (MailboxAuth.OAUTH_REFRESH.value, gettext("OAuth, with a refresh token")),
            ]
        )
        self.after.choices = options(
            [
                (AfterPoll.SEEN.value, gettext("mark it as read")),
                (AfterPoll.MOVE.value, gettext("move it to another folder")),
            ]
        )

    def details(self) -> MailboxDetails:
        return MailboxDetails(
            address=str(self.address.data),
            host=str(self.host.data),
            port=int(self.port.data or 0),
            security=MailboxSecurity(self.security.data),
            username=str(self.username.data),
            password=str(self.password.data or ""),
            folder=str(self.folder.data),
            store_id=next(iter(ids([self.store_id.data])), None),
            after=AfterPoll(self.after.data),
            move_to=str(self.move_to.data or ""),
            auth=MailboxAuth(self.auth.data),
            token_url=str(self.token_url.data or ""),
            client_id=str(self.client_id.data or ""),
            client_secret=str(self.client_secret.data or ""),
            refresh_token=str(self.refresh_token.data or ""),
            scope=str(self.scope.data or ""),
        )


class DropForm(Form):
    name = StringField(_("Name"), [required()])
    mailbox = EmailField(_("Mail address"), [required()])
    store_id = SelectField(_("Belongs to"), default="")

    def offer(self) -> None:
        self.store_id.choices = options(_stores())

    def chosen_store(self) -> int | None:
        return next(iter(ids([self.store_id.data])), None)
