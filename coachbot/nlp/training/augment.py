"""Making edited Dutch look like chat: case, punctuation, chat spelling, typos."""

from dataclasses import dataclass, replace
from random import Random

from .ud import Sentence, Word

#: Chat spellings of one word. Read both ways: here for training, in `NORMS` for the vocabulary.
CHAT_SPELLINGS: dict[str, tuple[str, ...]] = {
    "ik": ("'k", "k"),
    "het": ("'t", "t"),
    "een": ("'n", "n"),
    "mijn": ("m'n", "mn"),
    "zijn": ("z'n", "zn"),
    "haar": ("d'r", "dr"),
    "hem": ("'m",),
    "even": ("ff", "effe", "effen"),
    "inderdaad": ("idd",),
    "gewoon": ("gwn", "gwoon"),
    "niet": ("nie", "nt"),
    "niets": ("niks",),
    "eigenlijk": ("eigelijk", "eigenlk"),
    "misschien": ("mss", "misschn"),
    "waarschijnlijk": ("wss",),
    "altijd": ("altyd", "altij"),
    "volgens": ("vlgs",),
    "vanavond": ("vnv",),
    "maar": ("mr", "ma"),
    "dat": ("da",),
    "wat": ("wa",),
    "goed": ("goe",),
    "morgen": ("mrgn",),
    "natuurlijk": ("tuurlijk",),
    "allemaal": ("allemal",),
    "sowieso": ("zowieso",),
    "helemaal": ("helemal",),
    "gelijk": ("glk",),
    "voor": ("vr",),
    "met": ("mt",),
    "weet": ("wt",),
    "trouwens": ("trwns",),
}
#: Spellings that also mean something else (`ma` mother, `d'r` er, `vr` vrijdag).
AMBIGUOUS = frozenset({"ma", "mr", "d'r", "dr", "vr", "'m", "niks", "z'n", "m'n"})
#: The chat spellings that mean one word only, whoever writes them: they get its NORM.
NORMS: dict[str, str] = {
    chat: word
    for word, spellings in CHAT_SPELLINGS.items()
    for chat in spellings
    if chat not in AMBIGUOUS
}
#: Only where these words have this tag are they spelled so (`zijn` the verb is not).
ONLY_AS = {"zijn": "VNW(bez", "haar": "VNW(bez", "een": "LID("}
VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Chances:
    """How often each change is made, per sentence or per word."""

    lower: float = 0.15
    final: float = 0.15
    commas: float = 0.10
    chat: float = 0.10
    doubled: float = 0.004
    typo: float = 0.008


def roughen(sentence: Sentence, chances: Chances, random: Random) -> Sentence:
    """The sentence as somebody might type it; tags, lemmas and tree stay what they were."""
    if random.random() < chances.final:
        sentence = _without(sentence, _final_marks(sentence))
    if random.random() < chances.commas:
        sentence = _without(sentence, [i for i, w in enumerate(sentence) if w.form == ","])
    chatty = random.random() < chances.chat
    sentence = [replace(w, form=_respell(w, chatty, chances, random)) for w in sentence]
    if random.random() < chances.lower:
        sentence = [replace(w, form=w.form.lower()) for w in sentence]
    return sentence


def _final_marks(sentence: Sentence) -> list[int]:
    """The marks at the end, if a word is left before them."""
    last = len(sentence)
    while last > 0 and (sentence[last - 1].tag or "").startswith("LET("):
        last -= 1
    return list(range(last, len(sentence))) if last else []


def _without(sentence: Sentence, dropped: list[int]) -> Sentence:
    """The sentence without these words, unless something hangs from one of them."""
    gone = set(dropped)
    if any(w.head in gone for i, w in enumerate(sentence) if i not in gone):
        return sentence
    place: dict[int | None, int] = {}
    for i in range(len(sentence)):
        if i not in gone:
            place[i] = len(place)
    return [replace(w, head=place.get(w.head)) for i, w in enumerate(sentence) if i not in gone]


def _respell(word: Word, chatty: bool, chances: Chances, random: Random) -> str:
    form = word.form
    if len(form) < 2 or not form.isalpha():
        return form
    spellings = CHAT_SPELLINGS.get(form.lower())
    if chatty and spellings and (word.tag or "").startswith(ONLY_AS.get(form.lower(), "")):
        return random.choice(spellings)
    chance = random.random()
    at = random.randrange(len(form) - 1)
    if chance < chances.doubled:
        return form + form[-1] * random.randint(1, 3) if form[-1] in VOWELS else form
    if len(form) > 4 and chance < chances.doubled + chances.typo:
        swapped = form[:at] + form[at + 1] + form[at] + form[at + 2 :]
        return random.choice([swapped, form[:at] + form[at + 1 :], form[: at + 1] + form[at:]])
    return form
