"""STOP in its spellings, and what only sounds like it."""

import unicodedata
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.channels.stop_words import is_stop

STOPS = (
    "STOP", "stop", "Stop", "STOP!", "STOP !!!", "stop.", "« STOP »", '"STOP"', "STOP SVP", "Stop s'il vous plaît", "stop please",
    "please stop", "Stop merci", "Bonjour, stop merci", "STOP STOP STOP", "STOOOOP", "S T O P", "S.T.O.P.", "sotp", "STOPP",
    "ST0P", "STOP SMS", "stop pub", "Stop les pubs", "STOP au 36111", "STOP 36180", "\u200bSTOP\ufe0f", "ＳＴＯＰ", "🛑 STOP 🛑",
    "ARRET", "ARRÊT", "arrêt", "Arrêt svp", "arrêter", "Arrêtez !", "Arrêtez vos SMS", "arrêtez les mails svp", "ARRET SMS",
    "désabonner", "Désabonnez-moi", "me désabonner", "desabonement", "Désabonnement svp", "Merci de me désabonner",
    "désinscrire", "Désinscrivez-moi de votre liste", "désinscription", "desincription", "Je souhaite me désinscrire",
    "unsubscribe", "Unsubscribe me", "unsuscribe", "opt-out", "Opt out please", "Remove me from your list", "Stop texting me",
    "Je ne veux plus recevoir vos SMS", "Ne me contactez plus", "Stop\n\nEnvoyé de mon iPhone", "STOP\n-- \nAnne Morel\n06 12 34 56 78",
    "Arrêtez de m'envoyer des SMS", "Arretez de m envoyer des messages svp", "Merci d'arrêter de m'envoyer des SMS",
    "Veuillez arrêter de m'envoyer des SMS", "Merci d'arrêter les SMS", "Je ne veux plus de SMS", "Je veux plus de SMS",
    "Je ne veux plus de pub", "Ne m'envoyez plus de SMS", "Ne m'envoyez plus de mails svp", "Ne m'envoyez plus rien",
    "Plus de publicité", "Plus de pub svp", "Plus de messages", "Je ne souhaite plus recevoir de SMS",
    "Je ne souhaite plus recevoir vos publicités", "Je souhaite ne plus recevoir de SMS", "Ne m'écrivez plus par SMS",
    "STOP. Merci de ne plus m'écrire", "Stop, merci de ne plus me contacter", "Stop merci de ne plus m'envoyer de SMS",
    "Je ne veux plus recevoir aucun SMS", "Merci de ne plus m'envoyer de messages publicitaires", "Je ne veux pas de vos SMS",
)  # fmt: skip
PERSONS = (
    "", "   ", "!", "Stop, où est ma commande ?", "Je voulais vous dire stop", "Ne stoppez pas ma livraison", "Arrêt de ma commande svp",
    "Stop and shop is closed?", "Pouvez-vous arrêter la livraison de mardi ?", "L'arrêt de bus est à côté", "Nonstop", "stopover",
    "Merci", "Bonjour", "svp", "ok", "tous", "les mails", "36111", "Stop ! Le canapé est arrivé cassé", "mail", "newsletter",
    "Arrêtez de vous moquer de moi", "Je veux me désabonner de la garantie de mon matelas", "annuler", "résilier", "fin", "end", "cancel",
    "Il faut que ça s'arrête", "Stop 06 12 34 56 78", "Le bouton stop de mon réfrigérateur ne marche plus",
    "stop\nPar contre, ma commande 4411 n'est pas arrivée", "On ne peut pas se désinscrire, comment faire ?", "don't stop",
    "Le bus s'arrête au stop", "Je ne veux plus de cette lampe", "Arrêtez la commande 123", "Je ne veux plus de ma commande",
    "Je ne souhaite plus recevoir ma commande", "Ne m'envoyez plus la lampe", "Ne m'envoyez pas de SMS avant la livraison",
    "Je n'ai plus de SMS de suivi", "Je ne reçois plus de SMS", "Pourquoi je ne reçois plus vos mails ?", "Plus de lampes ?",
    "Arrêtez de m'envoyer des lampes cassées", "Merci de ne plus livrer le matin", "Je veux recevoir vos SMS", "Plus de nouvelles ?",
    "Ne m'envoyez plus de SMS mais appelez-moi pour la livraison", "Je ne veux plus de SMS de suivi pour la commande 12",
    "Vous ne m'écrivez plus", "Ne plus envoyer la commande 12", "Je n'ai pas reçu de SMS", "Pas de message du livreur ?", "Pas de SMS",
    "Je ne veux plus de SMS ?",
)  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_a_wish_to_hear_no_more_is_a_stop(text: str) -> None:
    assert is_stop(text)


@pytest.mark.parametrize("text", PERSONS)
def test_a_message_of_a_person_is_no_stop(text: str) -> None:
    assert not is_stop(text)


@given(
    word=st.sampled_from(["stop", "arrêt", "désabonner", "désinscrire", "unsubscribe", "arrêtez"]),
    before=st.text(alphabet=" \t\n.!?…«»\"'()-*_", max_size=6),
    after=st.text(alphabet=" \t.!?…«»\"'()*,;", max_size=6),
    polite=st.sampled_from(["", " svp", " SVP", " merci", " please", " s’il vous plaît", ", merci beaucoup"]),
    case=st.sampled_from([str.lower, str.upper, str.title, str.swapcase]),
    form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
)
@example(word="stop", before="?\n__", after="", polite="", case=str.lower, form="NFC")
def test_case_accents_and_punctuation_change_nothing(
    word: str,
    before: str,
    after: str,
    polite: str,
    case: Callable[[str], str],
    form: Literal["NFC", "NFD", "NFKC", "NFKD"],
) -> None:
    assert is_stop(unicodedata.normalize(form, f"{before}{case(word)}{polite}{after}"))


@given(
    noun=st.sampled_from(
        ["commande", "livraison", "canapé", "facture", "rendez-vous", "carte", "garantie", "réparation"]
    ),
    verb=st.sampled_from(["Stop", "Arrêtez", "Arrêter", "Stopper"]),
    link=st.sampled_from([" la ", " ma ", ", où est ma ", " de votre ", " ! Ma "]),
)
def test_a_stop_word_beside_another_thing_is_a_message(noun: str, verb: str, link: str) -> None:
    assert not is_stop(f"{verb}{link}{noun}")


@given(st.text(max_size=2000))
def test_any_text_is_read(text: str) -> None:
    assert is_stop(text) in {True, False}
