"""What a message says about the meeting ahead: with whom, about what, when; and plans for it."""

from __future__ import annotations

import re

from spacy.tokens import Doc, Token

from coachbot.model import Situation
from coachbot.nlp import cues
from coachbot.nlp.cues import Match, Normalised

#: Longest topic that still fits in a sentence of the coach.
TOPIC_WORDS = 8
#: "den architect", "de voorzitter van het koor": an answer to "met wie?" is this short.
ANSWER_WORDS = 7
#: Two mentions of time this close together are one: "morgen | om 10 uur".
NEAR = 3
#: A clause that tells what is going on has at least this many words.
TELLING_WORDS = 4


def situation(doc: Doc, normalised: Normalised) -> Situation:
    """The phrases as the coach can use them: "met mijn baas" gives "je baas"."""
    text = doc.text
    party, anybody = _people(doc)
    return Situation(
        counterpart=party,
        mentioned=anybody,
        topic=_topic(text, normalised),
        moment=_moment(text, normalised),
        tells=_tells(doc),
    )


def _people(doc: Doc) -> tuple[str | None, str | None]:
    """(the other party, anybody named): "met mijn baas" and an opening "mijn baas …" are sure."""
    known = cues.load()["counterpart"]
    party = anybody = answer = None
    verbs = any(token.pos_ in ("VERB", "AUX") for token in doc)
    for token in doc:
        if token.pos_ not in ("NOUN", "PROPN") and token.lower_ not in known["people"]:
            continue
        left = [t for t in token.children if t.i < token.i]
        word = token.lower_.rstrip(".")
        person = token.pos_ == "PROPN" or any(word.endswith(p) for p in known["people"])
        phrase = _phrase(token, left)
        asked = any(t.lower_ in known["before"] for t in left)
        opens = min(t.i for t in (*left, token)) == 0
        says = token.head.lemma_ in known["says"]
        if person and (asked or (opens and not says and token.pos_ == "NOUN")):
            party = party or phrase
        if person:
            anybody = anybody or phrase
        if not verbs and len(doc) <= ANSWER_WORDS and token.dep_ != "nmod":
            answer = answer or phrase
    return party, party or anybody or answer


def _phrase(noun: Token, left: list[Token]) -> str:
    """The noun with what belongs before it, and a name behind it; persons turned."""
    turned = cues.load()["counterpart"]["turned"]
    words = [t for t in left if t.dep_ in ("det", "nmod:poss", "amod", "nummod")]
    after = noun.i + 1
    while after < len(noun.doc) and noun.doc[after].text[0].isupper():
        after += 1
    lower = bool(words) or not noun.text[0].isupper()
    return " ".join(
        [turned.get(t.lower_, t.lower_) for t in words]
        + [noun.lower_ if lower and noun.pos_ != "PROPN" else noun.text]
        + [t.text for t in noun.doc[noun.i + 1 : after]]
    )


def _topic(text: str, normalised: Normalised) -> str | None:
    before = "|".join(cues.load()["topic"]["before"])
    found = re.search(rf"\b(?:{before})\s+([^.,;!?\n]+)", text, re.IGNORECASE)
    if not found:
        return None
    words = found.group(1).split()
    stops = set(cues.load()["topic"]["until"])
    cut = next((i for i, w in enumerate(words) if i and w.lower() in stops), len(words))
    if words[0].lower() in cues.load()["topic"]["not"] or cut > TOPIC_WORDS:
        return None
    return " ".join(words[:cut])


def _tells(doc: Doc) -> bool:
    """Is there, behind the first clause, one with a verb that is not about the meeting itself?"""
    known = cues.load()["topic"]
    filler = cues.load()["joiners"]  # "hoor" is no verb
    clauses: list[list[Token]] = [[]]
    for token in doc:
        if token.is_punct or token.lower_ in known["clause"]:
            clauses.append([])
        else:
            clauses[-1].append(token)
    return any(
        len(clause) >= TELLING_WORDS
        and any(
            token.pos_ in ("VERB", "AUX")
            and token.lower_ not in filler
            and token.lemma_.lower() not in known["introduces"]
            for token in clause
        )
        and not any(token.lemma_.lower() in known["meeting"] for token in clause)
        and not (len(clause) <= ANSWER_WORDS and _dated(clause))
        for clause in clauses[1:]
    )


def _dated(clause: list[Token]) -> bool:
    """Does it name a moment, as in "het is morgen om tien uur"?"""
    text = " ".join(token.text for token in clause)
    return _moment(text, cues.normalise(text, cues.load()["spelling"])) is not None


def _moment(text: str, normalised: Normalised) -> str | None:
    found: list[Match] = []
    for match in cues.find(cues.pattern("moment"), normalised):
        before = text[: match.start].lower().split()
        if before and before[-1] in cues.load()["repeated"]:
            continue
        if found and len(text[found[-1].end : match.start].split()) > NEAR:
            break
        found.append(match)
    return text[found[0].start : found[-1].end] if found else None


def has_moment(normalised: Normalised) -> bool:
    """Does it name a moment to act on: "als hij binnenkomt", "zodra …", "morgen om tien uur"?"""
    return any(
        next(cues.find(cues.pattern(key), normalised), None) for key in ("condition", "moment")
    )


def has_step(normalised: Normalised) -> bool:
    """Does it name a step of one's own: "dan vraag ik …", "ik bel …"?"""
    return next(cues.find(cues.pattern("step"), normalised), None) is not None


def acts_oneself(normalised: Normalised) -> bool:
    """Is there an "ik" outside the condition ("als ik …")? With a plan's rung it is a step."""
    words = normalised.words
    conditions = cues.load()["condition"]
    return any(
        word == "ik" and (not place or words[place - 1] not in conditions)
        for place, word in enumerate(words)
    )


def absolutes(text: str, normalised: Normalised) -> tuple[str, ...]:
    """Absolute words ("altijd", "nooit"), to the letter."""
    found = cues.find(cues.pattern("absolutes"), normalised)
    return tuple(dict.fromkeys(text[m.start : m.end] for m in found))
