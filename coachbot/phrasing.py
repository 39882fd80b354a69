"""What is said: a variant is chosen, its placeholders filled with the person's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coachbot.dialogue import MAX_SENTENCES, Dialogue, placeholders, sentences
from coachbot.model import Heard, Level, Reading, Reflection, Remembered, Rung, Session

#: A quotation longer than this is no mirror any more.
QUOTE_WORDS = 18


def quote(text: str) -> str:
    """To the letter, without line breaks or a closing full stop, cut at `QUOTE_WORDS` words."""
    words = text.split()
    kept = " ".join(words[:QUOTE_WORDS])
    return kept + " …" if len(words) > QUOTE_WORDS else kept.rstrip(" .,;:!…")


#: Half of an agreement is none: a mirror that holds less of it than this gives way to a quotation.
MOST_OF_IT = 0.7
#: "Zeg je daarmee ook dat …?" is only asked of what was said as a need.
STATED = {
    "behoefte": (Rung.NEED, Rung.COMMITMENT),
    "zorg": (Rung.CONCERN,),
}
#: Up to this many words a feeling is named ("boos", "best bang"), longer messages are turned.
BARE_FEELING_WORDS = 2


def heard(reading: Reading) -> Heard:
    """What of a message can be mirrored now and asked about later."""
    return Heard(
        text=reading.gist or reading.text,
        level=reading.level,
        blame=reading.blame,
        emotions=reading.emotions if reading.words <= BARE_FEELING_WORDS else (),
        reflection=reading.reflection or reading.answer,
    )


def mirror(said: Heard, dialogue: Dialogue, ander: str, count: int) -> str:
    """One sentence that gives the message back: turned where that is trusted, else quoted.

    Blame never comes back as a fact: its stems are verbs of finding and feeling.
    """
    reflection = said.reflection
    feeling = dialogue.labels.get(said.emotions[0]) if said.emotions else None
    # Facts, needs and agreements come back whole.
    whole = said.level in (None, Level.INTENTION)
    if feeling and feeling == quote(said.text).lower():
        key = "spiegel_gevoel"
    elif reflection is None:
        key = "citaat"
    elif reflection.rehearsed:
        key = "spiegel_gerepeteerd"
    elif reflection.opener == "omdat":
        key = "citaat" if said.blame else "spiegel_omdat"
    elif said.blame:
        key = "spiegel_verwijt"
    elif reflection.opener:
        key = "spiegel_dat"  # fits what somebody fears as well as what somebody wants
    elif said.level is Level.CONTENT and not _of_the_speaker(reflection.clause, dialogue):
        key = "spiegel_oordeel"
    elif whole and _halved(said.text, reflection.clause):
        key = "citaat"
    elif said.level is Level.EMOTION and not _of_the_speaker(reflection.clause, dialogue):
        key = "spiegel_inhoud"  # nobody "notices" what another did
    else:
        key = f"spiegel_{said.level or 'inhoud'}"
    words = {
        "ander": ander,
        "citaat": quote(said.text),
        "zin": _under(key, reflection.clause, dialogue) if reflection else "",
        "gevoelswoord": dialogue.labels.get(said.emotions[0], "") if said.emotions else "",
    }
    variants = dialogue.phrases[key]
    return variants[count % len(variants)].format_map(words)


def _of_the_speaker(clause: str, dialogue: Dialogue) -> bool:
    return clause.split(" ")[0] in dialogue.labels.get("spreker", "").split()


def _halved(text: str, clause: str) -> bool:
    told = len(text.split())
    return told <= QUOTE_WORDS and len(clause.split()) < MOST_OF_IT * told


def _under(key: str, clause: str, dialogue: Dialogue) -> str:
    """ "Je vindt dat je vindt dat …" says it twice: a judging stem takes what was judged."""
    if key in ("spiegel_verwijt", "spiegel_oordeel"):
        return clause.removeprefix(dialogue.labels.get("oordeel", "") + " ")
    return clause


def _kept(remembered: Remembered, asides: Sequence[str] = ()) -> str:
    short = len(remembered.text.split()) <= QUOTE_WORDS
    said = quote(remembered.text if short else remembered.gist or remembered.text)
    for aside in asides:
        before = said[: -len(aside)].rstrip(" ,.")
        if said.lower().endswith((f" {aside}", f",{aside}")) and before:
            return quote(before)
    return said


def _matter(kept: Remembered | None, told: str) -> str:
    """What was told, without the sentence that only says with whom; empty if that is all."""
    if kept and told.lower().startswith("met "):
        rest = quote(kept.gist)
        if not rest.lower().startswith("met "):
            told = rest
        elif kept.rung is not Rung.BLAME:
            told = ""
    return told if len(told.split()) <= QUOTE_WORDS else ""


def values(dialogue: Dialogue, session: Session, reading: Reading | None) -> dict[str, str]:
    """Placeholder -> words, for every placeholder that can be filled now."""
    asides = dialogue.labels.get("terzijde", "").split(", ")
    filled = {slot: _kept(kept, asides) for slot, kept in session.memory.items()}
    if "opening" in session.memory:
        # Whoever is asked to keep a sentence sees all of it; its apostrophes close no quotation.
        filled["opening"] = session.memory["opening"].text.rstrip(" .").replace("’", "'")
    filled.setdefault("ander", dialogue.labels.get("ander", ""))
    filled["waar"] = dialogue.labels.get(f"waar_{session.channel}", "")
    filled["wissen"] = dialogue.labels.get(f"wissen_{session.channel}", "")
    day = filled.get("wanneer", "").lower().split()[:1]
    if day and day[0] in dialogue.labels.get("dagen", "").split():
        filled["dag"] = day[0]
    for slot in ("behoefte", "zorg", "ander_behoefte"):
        kept = session.memory.get(slot)
        if kept is None or kept.reflection is None or kept.reflection.rehearsed:
            continue
        if kept.reflection.opener:
            filled[f"{slot}_{kept.reflection.opener}"] = kept.reflection.clause
        elif kept.rung in STATED.get(slot, ()) and _of_the_speaker(
            kept.reflection.clause, dialogue
        ):
            filled[f"{slot}_zin"] = kept.reflection.clause
    standpoint = _reflection(session, "standpunt") or _reflection(session, "verwijt")
    if standpoint:
        for name, words in (
            ("standpunt_altijd", standpoint.always),
            ("standpunt_nooit", standpoint.never),
            ("wens", standpoint.wish),
        ):
            if words:
                filled[name] = words
    if session.mirrored and "citaat" in dialogue.phrases:
        count = session.said.get("spiegel", 0)
        filled["spiegel"] = mirror(session.mirrored, dialogue, filled["ander"], count)
    filled["verteld"] = _matter(session.memory.get("verteld"), filled.get("verteld", ""))
    if reading:
        filled |= _heard(dialogue, reading)
    return {name: words for name, words in filled.items() if words}


def _reflection(session: Session, slot: str) -> Reflection | None:
    kept = session.memory.get(slot)
    return kept.reflection if kept else None


def _heard(dialogue: Dialogue, reading: Reading) -> dict[str, str]:
    found = {"citaat": quote(reading.gist or reading.text)}
    if reading.blame_cues:
        found["cue"] = quote(reading.blame_cues[0])
        # One word out of its sentence ("blijkbaar") says nothing to somebody who reads it back.
        longer = [cue for cue in reading.blame_cues if len(cue.split()) > 1]
        if longer:
            found["cue_zin"] = quote(longer[0])
    if reading.emotions:
        found["gevoelswoord"] = dialogue.labels.get(reading.emotions[0], "")
    if reading.absolutes:
        found["absoluut"] = reading.absolutes[0]
    if reading.number is not None:
        found["getal"] = str(reading.number)
    return found


def choose(
    variants: Sequence[str],
    words: Mapping[str, str],
    count: int,
    avoid: Sequence[str],
    room: int = MAX_SENTENCES,
) -> str:
    """The `count`-th variant that can be filled, fits in `room` sentences and is not said again.

    Variants that use what the person said come first: they are what makes the coach work.
    """
    fit = [v for v in variants if placeholders(v) <= words.keys()]
    most = max((len(placeholders(v) - {"ander", "waar"}) for v in fit), default=0)
    own = [v for v in fit if len(placeholders(v) - {"ander", "waar"}) == most]
    ordered = own[count % len(own) :] + own[: count % len(own)] if own else []
    ordered += [v for v in fit if v not in own]
    filled = [v.format_map(words) for v in ordered]
    short = [line for line in filled if sentences(line) <= room]
    fresh = [line for line in short or filled if line not in avoid]
    return (fresh or [line for line in filled if line not in avoid] or filled)[0]


def sentence_case(line: str) -> str:
    """A capital at the start, also when the line opens with somebody's own words."""
    return line[:1].upper() + line[1:]


def overview(dialogue: Dialogue, session: Session) -> tuple[str, ...]:
    """What is understood so far, a line a thing; empty when nothing is known yet."""
    return tuple(
        f"{row.label}: {_kept(session.memory[row.slot])}."
        for row in dialogue.summary
        if row.slot in session.memory
    )


def card(dialogue: Dialogue, session: Session) -> tuple[tuple[str, str], ...]:
    """(label, the person's own words) for every part of the card that is there."""
    return tuple(
        (row.label, session.memory[row.slot].text)
        for row in dialogue.card
        if row.slot in session.memory
    )
