"""Which of the answers that a state offers somebody means. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coachbot.dialogue import Choice, State
from coachbot.model import Act, Reading


def listed(state: State) -> tuple[Choice, ...]:
    """The choices that are picked by their place in the list."""
    return state.choices if any(choice.hear for choice in state.choices) else ()


def picked(state: State, reading: Reading) -> Reading:
    """A choice from a list, by number, text or words that mean it, becomes its number.

    What stands there to the letter is also told as such.
    """
    texts = [choice.text.lower() for choice in state.choices]
    told = reading.text.lower().strip(" .!")
    if told in texts:
        reading = replace(reading, choice=texts.index(told) + 1)
    choices = listed(state)
    if not choices:
        return reading
    said = told
    number = reading.number
    if number is None or not 0 < number <= len(choices) or reading.words > 3:
        places = _places(choices, said)
        letter = "abcdefghij".find(said) + 1 if len(said) == 1 else 0
        number = places[-1] if places else (letter if 0 < letter <= len(choices) else None)
    return replace(reading, number=number, act=Act.TELL if number else reading.act)


def _places(choices: Sequence[Choice], said: str) -> list[int]:
    """The choices that are meant, counted from 1, in their order.

    What is part of a longer wording that was heard does not count: "ruzie" in "geen ruzie".
    """
    heard = [
        (word, place)
        for place, choice in enumerate(choices, 1)
        for word in (choice.text.lower(), *choice.hear)
        if word in f" {said} "
    ]
    return [
        place for word, place in heard if not any(word != w and word.strip() in w for w, _ in heard)
    ]


def chosen(state: State, reading: Reading) -> str:
    """The text of the choice that was picked, or the number itself where none are listed."""
    number, signs = reading.number or 0, listed(state)
    return signs[number - 1].text if 0 < number <= len(signs) else str(number)


def bare(reading: Reading) -> bool:
    """A yes, a no or a silence with nothing told: there is nothing in it to give back."""
    return reading.act is not Act.TELL and not reading.rest
