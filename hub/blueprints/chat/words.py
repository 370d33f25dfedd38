"""What the chat widget says, in the visitor's language."""

from flask_babel import gettext

from hub.stores.queries import get_chain


def widget_words(privacy_url: str) -> dict[str, str]:
    """Every word of the widget but the one on its button, which is there before anything is asked."""
    name = get_chain().name
    return {
        "title": gettext("Write to %(name)s", name=name),
        "welcome": gettext("Good day. How can we help you?"),
        "nobody": gettext("Nobody is here at the moment. Leave us a message: the answer comes by mail."),
        "name": gettext("Your name (optional)"),
        "email": gettext("Mail address (optional, for an answer if you leave)"),
        "email_needed": gettext("Mail address"),
        "text": gettext("Your message"),
        "send": gettext("Send"),
        "leave": gettext("Leave the message"),
        "sent": gettext("Thank you. The answer comes to your mail address."),
        "another": gettext("Write another message"),
        "close": gettext("Close the window"),
        "end": gettext("End the chat"),
        "ended": gettext("You have ended the chat."),
        "again": gettext("Begin a new chat"),
        "log": gettext("Messages"),
        "me": gettext("You"),
        "writing": gettext("%(name)s is writing…", name="{name}"),
        "settled": gettext("This matter is settled. Write if there is anything else."),
        "failed": gettext("Your message has not left. Please check the connection and send it again."),
        "broken": gettext("The chat cannot be reached. Please try again in a moment."),
        "consent": gettext("%(name)s keeps what you write here in order to answer you.", name=name),
        "privacy": gettext("About your data"),
        "privacy_url": privacy_url,
    }
