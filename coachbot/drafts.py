"""The first sentence while it is being written: what an attempt holds, and what comes of the next.

Who is asked for what is missing often types only that. It is joined to what was there, and the
whole is weighed. Pure.
"""

from __future__ import annotations

import re
from dataclasses import replace

from coachbot.model import Act, Reading, Remembered, Rung, Session
from coachbot.nlp import cues
from coachbot.nlp.drafting import announced, salutation

#: What an attempt may hold; an attempt with blame holds nothing that can be built on.
PARTS = CLEAN, OWN, REQUEST = "schoon", "eigen", "verzoek"
#: Where a better sentence is asked for, and where somebody is asked whether to keep it.
TRIES = ("opening_verwijt", "opening_absoluut", "opening_jij", "opening_eigen", "opening_verzoek")
KEEPS = ("opening_bijna", "opening_zo", "opening_goed")
#: A shorter line without anything about oneself is a question about the sentence.
NEW_WORDS = 4


def own(reading: Reading) -> bool:
    """Does it say anything of the speaker?"""
    return reading.own or "tells" in reading.drafting


def request(reading: Reading) -> bool:
    """Does it ask anything of the other?"""
    return reading.request or "asks" in reading.drafting


def parts(reading: Reading) -> tuple[str, ...]:
    """What an attempt holds; the more, the better it is. Empty when it blames."""
    if reading.blame or reading.absolutes or reading.opens_with_other:
        return ()
    found = ((CLEAN, True), (OWN, own(reading)), (REQUEST, request(reading)))
    return tuple(name for name, there in found if there)


def better(session: Session, reading: Reading) -> bool:
    """Is this attempt at least as good as the best one so far?"""
    kept = session.memory.get("opening")
    return kept is None or len(parts(reading)) >= len(kept.parts)


def bare_clause(reading: Reading) -> bool:
    """ "dat we een datum afspreken": an answer, and no sentence that can be said to the other."""
    alone = reading.answer is not None and reading.answer.opener == "dat"
    return alone or "fragment" in reading.drafting


def no_attempt(reading: Reading) -> bool:
    """A bare yes or no, one word, half a sentence, or a remark about the sentence."""
    told = reading.text if reading.act in (Act.TELL, Act.QUESTION) else reading.rest
    return len(told.split()) < 2 or bare_clause(reading) or "remark" in reading.drafting


def fresh(session: Session, reading: Reading) -> bool:
    """At "houd je hem zo?": is this another sentence to the other, and no talk about this one?"""
    if reading.joined:
        return True
    if "remark" in reading.drafting or "keeps" in reading.drafting:
        return False
    if (own(reading) and request(reading)) or (_accuses(reading) and better(session, reading)):
        return True
    kept = session.memory.get("opening")
    agrees = reading.act is Act.YES or "agrees" in reading.drafting
    asks = request(reading) and reading.words >= NEW_WORDS
    return not agrees and (asks or (kept is not None and _repeats(kept.text, reading.text)))


def _accuses(reading: Reading) -> bool:
    return reading.blame and reading.opens_with_other


def taken_up(session: Session, reading: Reading) -> Reading:
    """An attempt as it stands beside the one before: joined to it, instead of it, or no attempt.

    Only a clean attempt is built on. What adds nothing to it leaves it as it was.
    """
    if session.state not in ("openingszin", *TRIES, *KEEPS):
        return reading
    # A hello belongs to the sentence; a yes or a no in front of it was meant for the coach.
    if reading.act in (Act.TELL, Act.QUESTION):
        reading = replace(reading, rest="")
    told = reading.rest or reading.text
    if announced(told):
        told = told[announced(told) :]
        reading = replace(reading, text=told, rest="", act=Act.TELL, gist=told)
    kept = session.memory.get("opening")
    if kept is None or CLEAN not in kept.parts or session.state == "openingszin":
        return reading
    if no_attempt(reading) or "keeps" in reading.drafting or not parts(reading):
        return reading
    if _adds(session.state, kept, reading) and not _repeats(kept.text, told):
        both = set(kept.parts) | set(parts(reading))
        behind = REQUEST not in kept.parts or "asks_only" in reading.drafting
        text = join(kept.text, told, behind)
        return _as(reading, Remembered(text, None, text, reading.rung, tuple(both)), True)
    # Asked for a question, people sigh about themselves; elsewhere they were asked for just that.
    anew = reading.own and session.state != "opening_verzoek"
    rewritten = anew or _repeats(kept.text, told)
    whole = own(reading) and request(reading)
    if session.state in KEEPS or whole or (rewritten and better(session, reading)):
        return reading
    return _as(reading, kept, False)


def join(kept: str, added: str, behind: bool) -> str:
    """Two halves in the order they are said: the hello, one's own part, the question.

    A reason comes behind what it explains, whatever the order: "Kun je bellen? Anders lig ik
    wakker." `behind` is where any other addition goes.
    """
    words = cues.load()["drafting"]
    opener = added.split()[0].lower().strip(",")
    if opener in words["reasons"]["inside"] and not behind:
        sign = "?" if kept.rstrip().endswith("?") else "."
        return f"{kept.rstrip(' .?')}, {added[:1].lower()}{added[1:].rstrip(' .?')}{sign}"
    behind = behind or opener in words["reasons"]["behind"]
    hello = kept[: salutation(kept)] or added[: salutation(added)]
    halves = [text[salutation(text) :].strip() for text in (kept, added)]
    first, last = halves if behind else halves[::-1]
    if not first.endswith((".", "?", "!", "…")):
        first = first.rstrip(",;") + "."
    if hello:
        first = _behind_comma(first)
    if kept.lstrip()[:1].isupper():
        first, last = first if hello else _capital(first), _capital(last)
    return f"{hello}{first} {last}"


def _adds(state: str, kept: Remembered, reading: Reading) -> bool:
    """Does it bring what was missing, and only that?

    At "houd je hem zo?" people also sigh about themselves, or ask "en nu?": no halves of it. Asked
    for a question, a feeling is one more half of the sentence only if it is said to the other.
    """
    if "asks_only" in reading.drafting and "?" not in kept.text:
        return state in TRIES or reading.words >= NEW_WORDS
    if request(reading):
        return False
    if OWN not in kept.parts:
        return reading.own if state == "opening_zo" else own(reading)
    felt = reading.own and reading.rung in (Rung.CONCERN, Rung.NEED)
    return state == "opening_verzoek" and felt and "together" in reading.drafting


def _repeats(kept: str, told: str) -> bool:
    """Are these for the greater part the same words? Then it is the same sentence, rewritten."""
    before, now = (
        {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}
        for text in (kept, told)
    )
    return len(before & now) >= max(2, min(len(before), len(now)) / 2)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _behind_comma(text: str) -> str:
    """A sentence that comes to stand behind a hello; a name keeps its capital."""
    myself = text.split()[0].lower() == cues.load()["drafting"]["self"]
    return text[:1].lower() + text[1:] if myself else text


def _as(reading: Reading, attempt: Remembered, joined: bool) -> Reading:
    """The reading of an attempt that stands there already, or that was put together."""
    return replace(
        reading.saying(attempt),
        own=OWN in attempt.parts,
        request=REQUEST in attempt.parts,
        drafting=frozenset(),
        blame=False,
        absolutes=(),
        opens_with_other=False,
        joined=joined,
    )
