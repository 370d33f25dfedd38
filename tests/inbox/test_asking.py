"""Filters in words: what is typed is read, and what is written is read the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.words import Language
from hub.inbox.asked_values import VALUES, meaning, read_day
from hub.inbox.asking import NAMES, Filter, Query, Term, near_filter, nearest, parse, write
from hub.inbox.words import Channel, Priority, TicketState

WORD = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12)
VALUE = st.lists(WORD, min_size=1, max_size=3).map(" ".join).filter(lambda text: '"' not in text)
TERM = st.builds(Term, VALUE, st.sampled_from(list(Filter)), st.booleans()) | st.builds(
    Term, VALUE, st.none(), st.booleans(), st.just(True)
)


@given(st.text(max_size=200), st.sampled_from(list(Language)))
def test_property_whatever_is_typed_is_read_the_same_once_written(text: str, language: Language) -> None:
    query = parse(text)
    assert parse(write(query, language)) == query


@given(st.lists(TERM, unique=True, max_size=6), st.sampled_from(list(Language)))
def test_property_terms_come_back_as_they_were_written(terms: list[Term], language: Language) -> None:
    query = Query(tuple(terms))
    assert parse(write(query, language)) == query


@given(st.lists(TERM, unique=True, min_size=1, max_size=6), st.data())
def test_property_taking_a_term_off_leaves_the_others(terms: list[Term], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(terms) - 1))
    left = Query(tuple(terms)).without(place)
    assert list(left.terms) == [*terms[:place], *terms[place + 1 :]]


def test_the_whole_example() -> None:
    query = parse(
        "magasin:lyon état:ouvert motif:retard assigné:moi canal:sms étiquette:vip priorité:urgente client:martin "
        'commande:C-123 avant:2026-11-01 après:2026-10-01 est:en-retard a:pièce-jointe -étiquette:x "phrase exacte" lampe'
    )
    assert [term.filter for term in query.terms][:13] == [
        Filter.STORE, Filter.STATE, Filter.REASON, Filter.ASSIGNEE, Filter.CHANNEL, Filter.TAG, Filter.PRIORITY,
        Filter.CUSTOMER, Filter.ORDER, Filter.BEFORE, Filter.AFTER, Filter.IS, Filter.HAS,
    ]  # fmt: skip
    assert query.terms[13:] == (
        Term("x", Filter.TAG, is_excluded=True),
        Term("phrase exacte", is_phrase=True),
        Term("lampe"),
    )
    assert query.words == "lampe"


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("magasin:lyon", "store:lyon"),
        ("etat:ouvert", "state:ouvert"),
        ('MAGASIN:"Lyon Part-Dieu"', 'store:"lyon part-dieu"'.replace("lyon part-dieu", "Lyon Part-Dieu")),
        ("apres:2026-01-02", "after:2026-01-02"),
    ],
)
def test_both_languages_say_the_same(french: str, english: str) -> None:
    assert parse(french) == parse(english)
    assert write(parse(french), Language.ENGLISH) == english


def test_words_with_colons_stay_words_and_slips_are_noticed() -> None:
    assert [term.filter for term in parse("RE:facture 12:30 http://x.example").terms] == [None] * 3
    assert near_filter("magazin:lyon") is Filter.STORE
    assert near_filter("facture:12") is None
    assert nearest("lion", ["Lyon Part-Dieu", "Lille", "Paris"])[0] == "Lyon Part-Dieu"
    assert nearest("xyz", ["Lyon", "Lille"]) == ()


@pytest.mark.parametrize(
    ("asked", "value", "means"),
    [
        (Filter.STATE, "ouvert", {TicketState.NEW, TicketState.OPEN, TicketState.PENDING}),
        (Filter.STATE, "open", {TicketState.NEW, TicketState.OPEN, TicketState.PENDING}),
        (Filter.STATE, "En attente", {TicketState.PENDING}),
        (Filter.STATE, "RESOLU", {TicketState.SOLVED}),
        (Filter.PRIORITY, "urgent", {Priority.URGENT}),
        (Filter.CHANNEL, "téléphone", {Channel.PHONE}),
        (Filter.CHANNEL, "sms", {Channel.SMS}),
    ],
)
def test_values_mean_the_same_in_both_languages(asked: Filter, value: str, means: set[object]) -> None:
    assert meaning(asked, value) == means
    assert meaning(asked, "xyz") is None


def test_every_value_is_found_by_its_two_names() -> None:
    for asked, words in VALUES.items():
        for word in words:
            assert meaning(asked, word.french) == meaning(asked, word.english) == word.means
    assert len({name for names in NAMES.values() for name in names}) == 2 * len(NAMES)


def test_days() -> None:
    assert str(read_day("2026-11-01")) == str(read_day("01/11/2026")) == "2026-11-01"
    assert read_day("2026-13-01") is read_day("demain") is None
