"""The tables of `nlp/lemmas.py`: where Frog's lexicon knows better than the lemmatizer."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from coachbot.nlp import lemmas

from .ud import Sentence

LEXICON = Path(__file__).parent / "lexicon.tsv.gz"
#: Of these Frog's lemma is taken whatever the lemmatizer says; on the training files it is right
#: in nine of ten disagreements. Of the others only where the lemmatizer made up a word.
SURE = ("WW(pv", "WW(inf")
ELSE = ("WW(vd", "WW(od", "N(soort")
#: What a separable verb can begin with.
# fmt: off
PARTICLES = frozenset((
    "aan", "achter", "af", "bij", "binnen", "boven", "bijeen", "bekend", "dicht", "deel", "door",
    "goed", "heen", "in", "kapot", "klaar", "kwijt", "langs", "los", "mee", "mis", "na", "neer",
    "om", "omhoog", "omlaag", "onder", "op", "open", "over", "plaats", "rond", "samen", "stil",
    "tegemoet", "tegen", "teleur", "terecht", "terug", "thuis", "toe", "tussen", "uit", "vast",
    "verder", "vol", "voor", "voorbij", "vooruit", "voort", "vrij", "waar", "weer", "weg",
))
# fmt: on


def lexicon() -> dict[str, str]:
    """Lemma by key, of verbs and nouns on which Frog says the same in all its sentences."""
    with gzip.open(LEXICON, "rt", encoding="utf-8") as file:
        tags = file.readline().rstrip("\n").split("\t")
        found: dict[str, set[str]] = {}
        for line in file:
            form, numbers, _, said = line.rstrip("\n").split("\t")
            for number, lemma in zip(numbers.split(), said.split(" "), strict=True):
                found.setdefault(lemmas.key(tags[int(number)], form), set()).add(lemma)
    return {
        key: min(said)
        for key, said in found.items()
        if len(said) == 1 and key.startswith((*SURE, *ELSE))
    }


def add_tables(nlp: Language, sentences: Iterable[Sentence]) -> None:
    """Write both tables into the lookups of `nlp`; its lemmatizer must be trained."""
    known = lexicon()
    words = {key.partition(" ")[2] for key in known} | set(known.values())
    words |= {word.lemma.lower() for sentence in sentences for word in sentence if word.lemma}
    said = guesses(nlp, known)
    exceptions = {
        key: lemma
        for key, lemma in known.items()
        if said[key] != lemma
        and (key.startswith(SURE) or (said[key] not in words and lemma in words))
    }
    infinitives = {lemma for key, lemma in known.items() if key.startswith("WW(")}
    separable = {verb: "" for verb in sorted(infinitives) if _split(verb, infinitives)}
    nlp.vocab.lookups.add_table(lemmas.EXCEPTIONS, dict(sorted(exceptions.items())))
    nlp.vocab.lookups.add_table(lemmas.SEPARABLE, separable)


def guesses(nlp: Language, known: Mapping[str, str]) -> dict[str, str]:
    """What the lemmatizer makes of each form by itself, given a tag of its kind."""
    tags: dict[str, str] = {}
    for label in nlp.get_pipe("tagger").labels:  # type: ignore[attr-defined]
        tags.setdefault(lemmas.key(label, "").strip(), label)
    pipe = nlp.get_pipe("trainable_lemmatizer")
    found = {}
    for key in known:
        kind, _, form = key.partition(" ")
        doc = Doc(nlp.vocab, words=[form], tags=[tags.get(kind, "")])
        found[key] = pipe(doc)[0].lemma_
    return found


def _split(verb: str, infinitives: set[str]) -> bool:
    return any(verb[:n] in PARTICLES and verb[n:] in infinitives for n in range(2, len(verb) - 2))
