"""Words as the mirror sees them: mended, with the reading of closed words put right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from spacy.tokens import Doc, Token

#: Signs that end a sentence; what follows stands on its own.
ENDS = frozenset({".", "!", "?", "…", ";", ":", "...", "?!", "!?", "–", "—", "-", "•", "|", "/"})
QUOTES = frozenset("\"'“”‘’„«»`")


class Unsure(Exception):
    """The clause cannot be turned with certainty; the argument names the reason."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the message: `text` is what is read, `index` the token it comes from."""

    text: str
    tag: str
    lemma: str
    kind: str
    index: int
    dep: str = ""
    head: int = -1
    plural: bool = False

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def finite(self) -> bool:
        return self.kind == "pv"

    @property
    def verbal(self) -> bool:
        return self.kind in ("inf", "vd", "te")


@cache
def data() -> dict[str, Any]:
    """`reflect.yml` as plain data; lists become sets where order does not matter."""
    text = files("coachbot.nlp").joinpath("reflect.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def listed(key: str) -> frozenset[str]:
    """A list of `reflect.yml` as a set of words."""
    return frozenset(data()[key])


def phrases(key: str) -> list[tuple[str, ...]]:
    """A list of `reflect.yml` as tuples of words, longest first."""
    return _phrases(key)


@cache
def _phrases(key: str) -> list[tuple[str, ...]]:
    return sorted((tuple(p.split()) for p in data()[key]), key=len, reverse=True)


def kind_of(text: str, tag: str) -> str:
    """The coarse kind of a word that word order is decided on."""
    low = text.lower()
    if tag.startswith("WW("):
        for start, kind in (("WW(pv", "pv"), ("WW(inf,vrij", "inf"), ("WW(vd,vrij", "vd")):
            if tag.startswith(start):
                return kind
        return "noun" if "nom" in tag else "adj"
    if tag.startswith("VNW("):
        return _kind_of_pronoun(low, tag)
    if low in listed("question_words") and not tag.startswith(("N(", "WW(", "ADJ", "SPEC")):
        return "wh"
    for start, kind in _KINDS:
        if tag.startswith(start):
            return kind
    return "x"


_KINDS = (
    ("N(", "noun"), ("SPEC(", "noun"), ("LID(", "det"), ("ADJ(nom", "noun"), ("ADJ(", "adj"),
    ("BW(", "adv"), ("TW(", "num"), ("VZ(fin", "prt"), ("VZ(", "prep"), ("VG(neven", "co"),
    ("VG(onder", "sub"), ("TSW(", "int"), ("LET(", "punct"),
)  # fmt: skip


def _kind_of_pronoun(low: str, tag: str) -> str:
    if tag.startswith("VNW(betr"):
        return "rel"
    if tag.startswith("VNW(vb"):
        return "wh"
    if "adv-pron" in tag:
        return "wh" if low.startswith("waar") else "er"
    if tag.startswith("VNW(bez") or "prenom" in tag:
        return "det"
    if tag.startswith("VNW(onbep,grad"):
        return "adv"
    return "pron"


def words(doc: Doc) -> list[Word]:
    """The message as mended words; an emoji ends a sentence, other silent signs are left out.

    A letter held down and doubled signs are the tokenizer's business, not ours.
    """
    found: list[Word] = []
    for token in doc:
        if token.is_space:
            if "\n" in token.text:
                found.append(_sign(".", token.i))
            continue
        found += _mended(token)
    return _reread(found)


def _predicate(after: Word | None) -> bool:
    """Can the word before this one not be a preposition? (`ik vind het naar dat ...`)"""
    return after is None or after.kind in ("punct", "sub", "co") or after.low in ("hoe", "om")


def _sign(text: str, index: int) -> Word:
    return Word(text, "LET()", text, "punct", index)


def _mended(token: Token) -> Iterable[Word]:
    text = token.text.replace("’", "'")
    if not any(c.isalnum() for c in text):
        sound = (
            text in ENDS or text in (",", "(", ")") or text[0] in QUOTES or set(text) <= set(".!?…")
        )
        if not sound:
            return [_sign(".", token.i)] if unicodedata.category(text[0]) == "So" else []
        return [_sign(text if text in ENDS or len(text) == 1 else text[0], token.i)]
    if text.endswith(".") and text[:-1].lower() in listed("before_stop"):
        return [_word(token, text[:-1], changed=True), _sign(".", token.i)]
    if len(text) > 3 and text.endswith(".") and text[:-1].isalpha():
        last = token.i + 1 == len(token.doc)
        if last or token.nbor().text[:1].isupper():
            return [_word(token, text[:-1], changed=True), _sign(".", token.i)]
    if text.lower() in ("d'r", "dr"):
        return [_word(token, _haar_or_er(token), changed=True)]
    if text == "'s":
        return [_clitic(token)]
    shouted = len(text) > 1 and text.isupper()
    if text.lower() == "den" and token.i + 1 < len(token.doc) and token.nbor().text[:1].isupper():
        shouted = True
    mended = None if shouted else data()["mend"].get(text.lower())
    pieces = mended.split() if mended else [text]
    if len(pieces) == 1 and pieces[0] == text.lower():
        pieces = [text]
    return [_word(token, piece, changed=piece != text) for piece in pieces]


def _haar_or_er(token: Token) -> str:
    """`d'r moeder` is hers, `d'r is niks` is "er"."""
    after = token.nbor() if token.i + 1 < len(token.doc) else None
    noun = after is not None and after.tag_.startswith(("N(", "ADJ(prenom", "SPEC"))
    owner, place = data()["haar_or_er"]
    return str(owner if noun else place)


def _clitic(token: Token) -> Word:
    """`'s`: "is", or the first half of "'s nachts"."""
    if (
        token.tag_.startswith("WW") and not token.nbor().text.endswith("s")
        if token.i + 1 < len(token.doc)
        else False
    ):
        return _word(token, "is", changed=True)
    return Word("'s", "BW()", "'s", "adv", token.i)


def _word(token: Token, text: str, changed: bool) -> Word:
    closed = data()["tags"].get(text.lower())
    tag = token.tag_ or "X"
    if closed and (changed or _overrules(text.lower(), tag)):
        tag = closed
    if tag.startswith("WW(pv") and text.lower() in listed("predicates"):
        tag = "ADJ(vrij,basis,zonder)"
    lemma = text.lower() if changed and closed is None else token.lemma_.lower()
    plural = ",mv" in tag or (text.lower() == "zijn" and tag.startswith("WW(pv"))
    return Word(text, tag, lemma, kind_of(text, tag), token.i, token.dep_, token.head.i, plural)


def _overrules(low: str, tag: str) -> bool:
    """Closed words keep a reading of the tagger that their list does not rule out."""
    if low in listed("double_readings") and tag.startswith(("N(", "ADJ", "BW")):
        return False
    return not (low in ("me", "mijn") and tag.startswith("VNW("))


def _reread(found: list[Word]) -> list[Word]:
    """Readings that only the neighbours settle: `te` before an infinitive, a typed participle."""
    reread = list(found)
    for place, word in enumerate(reread):
        after = reread[place + 1] if place + 1 < len(reread) else None
        low = word.low
        if low == "te":
            verb = after is not None and (after.kind == "inf" or after.tag.startswith("WW(inf"))
            if (
                after is not None
                and after.kind == "noun"
                and place
                and reread[place - 1].low == "om"
            ):
                verb = after.low.endswith("n")
            if not verb and after is not None and after.finite and after.low.endswith("n"):
                reread[place + 1] = replace(after, kind="inf", tag="WW(inf,vrij,zonder)")
                verb = True
            reread[place] = replace(word, kind="te" if verb else "adv")
            if verb and after is not None and after.kind == "noun":
                reread[place + 1] = replace(after, kind="inf")
        elif low == "hoor" and word.finite:
            near = {w.low for w in (reread[place - 1] if place else None, after) if w is not None}
            asks = after is not None and after.kind in ("wh", "sub")
            if not near & {"ik", "'k"} and not asks:
                reread[place] = _sign(".", word.index)
        elif low == "naar" and word.kind == "prep" and place and _predicate(after):
            reread[place] = replace(word, tag="ADJ(vrij,basis,zonder)", kind="adj")
        elif low == "om" and word.kind == "sub":
            reread[place] = replace(word, kind="prep")
    return reread
