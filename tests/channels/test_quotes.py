"""Folding of quotes and signatures: nothing is lost, only the new words stay in front."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.mail_parsing.quotes import split_reply


@pytest.mark.parametrize(
    ("reply", "folded"),
    [
        (
            "Bonjour,\nmerci.",
            "Le lun. 3 févr. 2026 à 14:05, Boutique Lyon <lyon@x.fr> a\nécrit :\n\n> bla\n> bli",
        ),
        ("Merci", "Le mardi 4 février 2026 à 10:10:10 UTC+1, X <x@y.fr> a écrit :\n\na\nb\nc\nd\ne\nf\ng\nh"),
        (
            "Merci\nJean",
            "De : Boutique <b@x.fr>\nEnvoyé : lundi 3 février 2026 14:05\nÀ : Jean\nObjet : RE: x\n\nbla",
        ),
        ("Merci", "-----Message d'origine-----\nDe : Boutique\nEnvoyé : lundi\nÀ : moi\n\nzz"),
        ("Oui", "Envoyé de mon iPhone\n\n> Le 3 févr. 2026 à 14:05, X <x@y.fr> a écrit :\n> \n> blabla"),
        (
            "Bonjour",
            "Envoyé de mon Galaxy A52\n\n-------- Message d'origine --------\nDe : S <a@b.fr>\nDate : 03/02",
        ),
        ("réponse", "Jean Dupont a écrit le 03/02/2026 à 10:15 :\n> x"),
        ("Merci", "Le 3 mars, Verel a écrit :\n> x"),
        ("Thanks", "On Mon, Feb 2, 2026 at 4:58 AM Shop <a@b.com> wrote:\n> hello"),
        (
            "Thanks",
            "________________________________\nFrom: Shop <a@b.com>\nSent: Monday\nTo: me\nSubject: x\n\nhello",
        ),
        ("Oui", "Message du 04/02/26 10:10\nDe : X <x@y.fr>\nA : z\nCopie à : \nObjet : t\n\nbla"),
        ("Oui", "----- Mail original -----\nDe: X <x@y.fr>\nÀ: z\nEnvoyé: Jeudi\nObjet: t\n\nbla"),
        (
            "Oui",
            "Envoyé à partir de Outlook pour Android\n________________________________\nDe : X\nEnvoyé : y\nÀ : t",
        ),
        ("Oui", "El jue., 4 feb. 2026 a las 10:10, X (<x@y.es>) escribió:\n\n> a"),
        ("Ok", "-- \nJean Dupont\n06 00 00 00 00"),
    ],
)
def test_what_is_folded(reply: str, folded: str) -> None:
    assert split_reply(f"{reply}\n\n{folded}\n") == (reply, folded)


@pytest.mark.parametrize(
    "text",
    [
        "Le 12 mars votre vendeur m'a écrit :\nque tout est bon\nmais non",
        "Objet : réclamation\nBonjour, la commande du 12/03\nDate : 12 mars\nMerci",
        "> Quand ?\nDemain.\n> Où ?\nIci.",
        "> rien que du cité",
        "On this day\n\nI wrote something\n\nwhich was interesting.",
    ],
)
def test_what_a_person_wrote_stays(text: str) -> None:
    assert split_reply(text)[0] == text


def test_an_answer_below_its_quote() -> None:
    assert split_reply("Le 3/2/2026 à 10:00, X a écrit :\n> Quand ?\n\nDemain.")[0] == "Demain."


@given(
    st.lists(
        st.sampled_from(
            [
                "> q",
                "text",
                "",
                "-- ",
                "Le 3/2/2026 à 10:00, X a écrit :",
                "De : x",
                "À : y",
                "Objet : z",
                "Envoyé de mon iPhone",
            ]
        ),
        max_size=14,
    )
)
def test_no_word_is_lost(lines: list[str]) -> None:
    reply, folded = split_reply("\n".join(lines))
    assert sorted((reply + "\n" + folded).split()) == sorted("\n".join(lines).split())
