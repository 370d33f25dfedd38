"""What the tablet's script says, in the reader's language; it has no words of its own."""

from flask_babel import gettext


def script_words() -> dict[str, str]:
    """By the key that `hub/assets/js/counter/` asks for; {name} places are filled there."""
    return {
        "sending": gettext("Sending…"),
        "noted": gettext("The contact is noted: {number}."),
        "kept": gettext(
            "No network: the entry is kept on this tablet and will be sent when the network is back."
        ),
        "later": gettext("The hub does not answer: the entry is kept on this tablet and will be sent later."),
        "online": gettext("Everything is sent."),
        "offline": gettext("No network: entries are kept on this tablet and sent when it is back."),
        "signed_out": gettext("Nobody is logged in on this tablet any more. Please log in: nothing is lost."),
        "waiting": gettext("Waiting to be sent: {count}"),
        "refused": gettext("To be corrected: {count}"),
        "is_waiting": gettext("waiting"),
        "is_refused": gettext("to correct"),
        "noted_at": gettext("noted on {moment}"),
        "somebody": gettext("without a name"),
        "correct": gettext("Correct"),
        "remove": gettext("Remove"),
        "really_remove": gettext("Remove this entry for good? It was never sent."),
        "really_leave": gettext("The form holds words that are not noted. Leave them?"),
        "correcting": gettext("You are correcting an entry that was refused. Please sign it again."),
        "unable": gettext(
            "This browser cannot keep entries without a network: they are sent at once, or not at all."
        ),
        "no_name": gettext("Please give a name, a mail address, a phone number, an order or a card."),
        "no_mail": gettext("Please give the mail address the answer goes to."),
        "no_phone": gettext("Please give the phone number to call."),
        "no_reason": gettext("Please choose why the customer came, to close the matter at once."),
        "bad_pin": gettext("A PIN has 4 to 6 digits."),
    }
