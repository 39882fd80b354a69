"""Hearing: `load()` once, then `read(nlp, text) -> Reading`. No spaCy type leaves this package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coachbot.model import Act, Reading, Rung, Safety

if TYPE_CHECKING:
    from spacy.language import Language

#: A stretch that is quoted back has at most this many words.
GIST_WORDS = 18
#: The end of a long sentence says something by itself from this many words on.
SHORT_GIST = 6


def load() -> Language:
    """The reading pipeline; spaCy is imported here, so that `coachbot --help` stays quick."""
    from coachbot.nlp import pipeline

    return pipeline.load()


def read(nlp: Language, text: str) -> Reading:
    """One message to everything that is heard in it.

    Never raises, whatever the text; time is linear in its length up to the cap in `pipeline`.
    """
    from coachbot.nlp import acts, cues, drafting, ladder, signs, situation
    from coachbot.nlp.pipeline import MAX_CHARACTERS
    from coachbot.nlp.reflect import answer, reflect

    cleaned = _clean(text)[:MAX_CHARACTERS]
    whole = cues.normalise(cleaned, cues.load()["spelling"])
    act, rest = acts.act(cleaned, whole)
    if act is Act.SILENCE:
        return Reading(text=text, act=act, gist=cleaned)
    entire = nlp(cleaned)
    category, certain, faint = entire._.safety
    refuses = _refuses(nlp, cleaned, category)
    # What is told after "nee, …" is read by itself: the "nee" is meant for the coach.
    doc = nlp(rest) if rest else entire
    normalised = doc._.normalised
    # A bare yes, no or hello tells nothing, whatever its tone.
    told = act in (Act.TELL, Act.QUESTION, Act.ALREADY) or bool(rest)
    rung = doc._.rung if told else Rung.NONE
    asked = acts.question(cleaned, whole, rung) if act is Act.TELL else None
    blame_cues = tuple(dict.fromkeys(doc.text[m.start : m.end] for m in doc._.blame))
    emotion_words = tuple(dict.fromkeys(doc.text[m.start : m.end] for _, m in doc._.emotions))
    own = _hears(doc, "own") or rung in (Rung.CONCERN, Rung.NEED) or bool(doc._.emotions)
    request = _hears(doc, "requests") or cleaned.rstrip().endswith("?")
    return Reading(
        text=text,
        rung=rung,
        blame=told and bool(doc._.blame),
        blame_cues=blame_cues if told else (),
        emotions=tuple(dict.fromkeys(e for e, _ in doc._.emotions)) if told else (),
        emotion_words=emotion_words if told else (),
        person=ladder.person(doc, rung),
        time=ladder.time(doc, rung),
        safety=category,
        safety_certain=certain,
        safety_faint=faint,
        safety_named=category is not Safety.NONE and bool(signs.named(whole)) and not refuses,
        denies=_hears(entire, "denial") or refuses,
        language=acts.language(whole),
        reflection=reflect(doc),
        answer=answer(doc),
        act=Act.QUESTION if asked else act,
        question=asked,
        asks="?" in cleaned or bool(cues.pattern("why").search(whole.text)),
        improved=_hears(doc, "improved") and not _hears(doc, "not_improved"),
        heavy=len({m.words for m in cues.find(cues.pattern("heavy"), whole)}),
        closing=acts.closing(cleaned, whole),
        rest=rest,
        own=own,
        request=request,
        drafting=drafting.heard(cleaned, doc.text, own, request),
        asks_openly=bool(set(normalised.words) & set(cues.load()["question_words"])),
        opens_with_other=_opens(normalised.words, "addressed"),
        opens_with_third=_opens(normalised.words, "third"),
        absolutes=situation.absolutes(doc.text, normalised),
        gist=_gist(doc.text, (*blame_cues, *emotion_words)),
        number=acts.number(cleaned, whole),
        situation=situation.situation(entire, whole),
        has_moment=situation.has_moment(normalised),
        has_step=situation.has_step(normalised)
        or (rung is Rung.ACTION and situation.acts_oneself(normalised)),
        content=frozenset(w for w in normalised.words if len(w) > 3 and w.isalpha()),
        words=len(whole.words),
    )


def _opens(words: list[str], key: str) -> bool:
    from coachbot.nlp import cues

    return bool(words) and words[0] in cues.load()[key]


def _refuses(nlp: Language, text: str, category: Safety) -> bool:
    """Does a "no" stand against what sounds unsafe, and is what else is said safe by itself?

    A question only echoes what the coach asked: "Zelfmoord? Nee zeg."
    """
    from coachbot.nlp import acts

    rest = acts.refuses(text) if category is not Safety.NONE else None
    if rest is None:
        return False
    told = " ".join(s for s in acts.sentences(rest) if not s.endswith("?"))
    return not told or nlp(told)._.safety[0] is Safety.NONE


def _hears(doc: object, key: str) -> bool:
    from coachbot.nlp import cues

    return any(cues.find(cues.pattern(key), doc._.normalised))  # type: ignore[attr-defined]


def _clean(text: str) -> str:
    """Control characters out and white space single; what is stored and quoted stays whole."""
    return re.sub(
        r"\s+", " ", re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e]", " ", text)
    ).strip()


def _gist(text: str, weighty: tuple[str, ...]) -> str:
    """The sentence that carries most, to the letter: one with a cue, else the longest.

    Of a long one the end, from a joiner on: what it came to is said last.
    """
    from coachbot.nlp import cues

    sentences = [s for s in re.split(r"(?<=[.!?…])\s+", text) if len(s.split()) > 1] or [text]
    # "Wat is dat nou voor vraag." is meant for the coach.
    aside = cues.pattern("aside")
    spelling = cues.load()["spelling"]
    told = [s for s in sentences if not aside.search(cues.normalise(s, spelling).text)]
    sentences = told or sentences
    whole = max(sentences, key=lambda s: (sum(w in s for w in weighty), min(len(s.split()), 12)))
    if len(whole.split()) <= GIST_WORDS:
        return whole
    joiners = "|".join(map(re.escape, cues.load()["joiners"]))
    for joint in re.finditer(rf"[\s,](?:{joiners})\s+", whole, re.IGNORECASE):
        end = whole[joint.end() :]
        heavy = any(w in end for w in weighty) or not any(w in whole for w in weighty)
        begins = any(w.lower() in cues.load()["subjects"] for w in end.split()[:3])
        listed = any(w.endswith(",") for w in end.split()[:3])
        if SHORT_GIST <= len(end.split()) <= GIST_WORDS and heavy and begins and not listed:
            return end
    return whole
