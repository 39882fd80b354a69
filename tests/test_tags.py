"""CGN tags as the pipeline gives them: by spaCy's tagger and the network together."""

from __future__ import annotations

import pytest
from spacy.language import Language

from coachbot.nlp import pipeline, tags


@pytest.fixture(scope="module")
def words() -> Language:
    return pipeline.words()


@pytest.mark.parametrize(
    ("text", "word", "tag", "lemma"),
    [
        ("Morgen zeg ik het af.", "zeg", "WW(pv,tgw,ev)", "afzeggen"),
        ("Wij moeten dit samen oplossen.", "moeten", "WW(pv,tgw,mv)", "moeten"),
        ("Hij zal het moeten vertellen.", "moeten", "WW(inf,vrij,zonder)", "moeten"),
        ("Ze komt altijd te laat.", "Ze", "VNW(pers,pron,stan,red,3,ev,fem)", "ze"),
        ("Ze komen altijd te laat.", "Ze", "VNW(pers,pron,stan,red,3,mv)", "ze"),
        ("Het rooster van Anja de Vries klopt niet.", "Vries", "SPEC(deeleigen)", "Vries"),
    ],
)
def test_tag_and_lemma(words: Language, text: str, word: str, tag: str, lemma: str) -> None:
    token = next(token for token in words(text) if token.text == word)
    assert (token.tag_, token.lemma_) == (tag, lemma)


def test_nothing_to_tag(words: Language) -> None:
    assert [token.tag_ for token in words("")] == []


def test_a_piece_belongs_to_the_word_it_begins_in() -> None:
    pieces = [(0, 3), (3, 7), (7, 8), (9, 12), (20, 22)]
    assert tags.words_of(pieces, [(0, 7), (7, 8), (9, 12)]) == [0, 0, 1, 2, -1]
