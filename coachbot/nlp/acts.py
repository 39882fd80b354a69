"""What a message does in the talk with the coach: answer, ask, hesitate, greet, or tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from coachbot.model import Act, Rung
from coachbot.nlp import cues
from coachbot.nlp.cues import Normalised

#: "nee, het gaat om mijn zus": what follows counts as told from this many words on.
REST_WORDS = 2
#: Who takes leave does so in at most this many words.
CLOSING_WORDS = 15
#: Who asks for the card does so in at most this many words.
CARD_WORDS = 9
#: In so short a message a question may stand at the end ("als… dan? Wat bedoelt u daarmee?").
QUESTION_WORDS = 8
#: A number is an answer in a message of at most this many words.
NUMBER_WORDS = 12
#: A word or digits, with a fraction that is dropped, and "%" or "procent" behind it.
_NUMBER = re.compile(r"\s(\w+)(?:\s[.,]\s\d+(?=\s|$))?(\s%|\sprocent)?(?=\s|$)")
#: "8/10", "8 van de 10", "8 op 10": the ten is the scale.
_SCALE = re.compile(r"(\s\d+)\s(?:/|van|van\sde|op|op\sde|uit|uit\sde)\s10(?=\s|$)")
_LEADS = ("agree", "disagree", "almost", "already", "unsure", "greeting", "thanks")
_ACT = {
    "agree": Act.YES,
    "disagree": Act.NO,
    "almost": Act.ALMOST,
    "already": Act.ALREADY,
    "unsure": Act.UNSURE,
    "greeting": Act.GREETING,
    "thanks": Act.THANKS,
}


def act(text: str, normalised: Normalised) -> tuple[Act, str]:
    """The act, and what the person tells after an opening yes, no, almost or hello."""
    if not re.search(r"\w", text) or re.fullmatch(r"\W*", normalised.text):
        return Act.SILENCE, ""
    for kind in _LEADS:
        lead = re.compile(rf"^(?:{cues.pattern(kind).pattern})(?:\s[^\w\s]+)*")
        found = lead.match(normalised.text)
        if not found:
            continue
        rest = _after(text, normalised, found.end())
        if not _words(rest):
            return _ACT[kind], ""
        stops = bool(re.search(r"[^\w\s]$", found.group()))
        if kind in ("agree", "disagree", "almost", "unsure"):
            deeper = _strip_joiners(rest)
            further, later = act(deeper, cues.normalise(deeper, cues.load()["spelling"]))
            if further in (_ACT[kind], Act.ALREADY):
                return further, later
            if kind == "unsure" and stops and len(_words(deeper)) > REST_WORDS:
                return Act.TELL, later or deeper
            if kind != "unsure" and (_opens_with_answer(found.group()) or stops):
                return _ACT[kind], deeper if len(_words(deeper)) >= REST_WORDS else ""
        elif (kind == "already" and stops) or (
            kind in ("greeting", "thanks") and (stops or len(_words(rest)) >= REST_WORDS)
        ):
            return Act.TELL, rest
        if kind == "unsure" and len(_words(rest)) <= REST_WORDS and not _numeric(rest):
            return Act.UNSURE, ""
    return Act.TELL, ""


def _opens_with_answer(lead: str) -> bool:
    return lead.split()[0] in cues.load()["answers"]


def _strip_joiners(rest: str) -> str:
    joiners = "|".join(map(re.escape, cues.load()["joiners"]))
    return re.sub(rf"^(?:(?:{joiners})\b[\s,]*)+", "", rest, flags=re.IGNORECASE).strip()


def _after(text: str, normalised: Normalised, end: int) -> str:
    for start, begin, _ in normalised.places:
        if start >= end:
            return text[begin:].strip(" ,.;:-")
    return ""


def _numeric(text: str) -> bool:
    return number(text, cues.normalise(text, cues.load()["spelling"])) is not None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def question(text: str, normalised: Normalised, rung: Rung) -> str | None:
    """The topic of a question put to the coach; None when it is none.

    "Waarom luistert hij nooit?" asks nothing of the coach: what stands on the ladder is told.
    """
    asks = "?" in text
    for topic in ("kaart", "robot", "gegevens", "uitleg", "waarom", "raad"):
        found = next(iter(cues.find(cues.pattern("questions", topic), normalised)), None)
        if not found:
            continue
        near = found.start <= _first_letter(text) + 12
        opens = near or (asks and len(normalised.words) <= QUESTION_WORDS)
        if topic in ("robot", "gegevens") and asks and opens:
            return topic
        if topic in ("robot", "gegevens") and (asks or opens) and rung in _NEUTRAL:
            return topic
        if topic in ("uitleg", "waarom") and opens:
            return topic
        if topic == "kaart" and len(normalised.words) <= CARD_WORDS:
            return topic
        if topic == "raad" and (asks or opens) and rung in _NEUTRAL:
            return topic
    if asks and rung is Rung.NONE:
        found = next(iter(cues.find(cues.pattern("questions", "algemeen"), normalised)), None)
        if found:
            return "algemeen"
    return None


def closing(text: str, normalised: Normalised) -> str | None:
    """How somebody takes leave, by thanks or by a goodbye; None when it is longer, or a question.

    It only means something where the conversation is over: "dag" may also be a hello. With
    a "maar" it is not over yet. The last sentence may say it by itself ("…. Tot ziens.").
    """
    *_, last = sentences(text) or [text]
    if last != text and (found := closing(last, cues.normalise(last, cues.load()["spelling"]))):
        return found
    more = cues.pattern("no_closing").search(normalised.text)
    if more or "?" in text or len(normalised.words) > CLOSING_WORDS:
        return None
    kinds = cues.load()["closing"]
    return next((k for k in kinds if cues.pattern("closing", k).search(normalised.text)), None)


def sentences(text: str) -> list[str]:
    """The sentences of a message, as far as marks tell."""
    return [part.strip() for part in re.findall(r"[^.?!…\n]+[.?!…]*", text) if part.strip()]


def refuses(text: str) -> str | None:
    """What is left beside a "no" that is a sentence of its own, further on; None without one.

    "Zelfmoord? Nee zeg. Het gaat over een rooster." -> "Zelfmoord? Het gaat over een rooster."
    """
    spelling = cues.load()["spelling"]
    said = sentences(text)
    kept = [s for s in said if act(s, cues.normalise(s, spelling)) != (Act.NO, "")]
    return " ".join(kept) if len(kept) < len(said) else None


_NEUTRAL: Iterable[Rung] = (Rung.NONE, Rung.POSITION, Rung.ACTION)


def _first_letter(text: str) -> int:
    found = re.search(r"\w", text)
    return found.start() if found else 0


def number(text: str, normalised: Normalised) -> int | None:
    """The number that is given as an answer, 0-10, in digits, as a word or in percents; else None.

    Who says more than one ("een 8 of een 9", "negen, nee acht") means the last one.
    """
    if len(normalised.words) > NUMBER_WORDS:
        # "Hoe zeker, hoe zeker. … Negen." or "Toch wel een 6, want …": said first or last.
        *_, last = sentences(text) or [text]
        for part in (last, re.split(r"[,.;]|\bwant\b|\bomdat\b", text)[0]):
            if part.strip() != text.strip():
                value = number(part, cues.normalise(part, cues.load()["spelling"]))
                if value is not None:
                    return value
        ten = re.search(r"\b(\d{1,2})\s*(?:/|van de|op)\s*10\b", text)
        return int(ten.group(1)) if ten and int(ten.group(1)) <= 10 else None
    words = cues.load()["numbers"]
    said = _SCALE.sub(r"\1", normalised.text)
    value = None
    for found in _NUMBER.finditer(said):
        word, percent = found.group(1), found.group(2)
        if word.isdecimal():
            value = round(int(word) / 10) if percent else int(word)
        elif word in words:
            value = words[word]
    return value if value is not None and 0 <= value <= 10 else None


def language(normalised: Normalised) -> str:
    """`"nl"`, or `"other"` when its small words are of another language, or its letters are.

    Words that Dutch shares with a neighbour ("die", "was", "is") speak for neither.
    """
    words = normalised.words
    letters = [c for word in words for c in word if c.isalpha()]
    latin = sum(c.isascii() or "À" <= c <= "ɏ" for c in letters)
    if letters and latin < len(letters) / 2:
        return "other"
    known = cues.load()["language"]
    dutch, other = set(known["dutch"]), set(known["other"])
    ours = sum(word in dutch - other for word in words)
    theirs = sum(word in other - dutch for word in words)
    clear = len(words) > 1 and theirs > ours and (ours == 0 or theirs >= 2 * ours)
    return "other" if clear else "nl"
