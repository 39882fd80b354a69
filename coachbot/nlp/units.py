"""Finds the main clauses of a sentence, with the clauses that are embedded in them.

Dutch is read by brackets: an opener ("dat", "omdat", "die", "hoe") waits for the finite verb that
closes its clause; a finite verb for which nothing waits is the second place of a main clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coachbot.nlp.mirrorwords import Word, data, listed
from coachbot.nlp.openers import finite_ahead, opens
from coachbot.nlp.verbforms import is_form_of, lemma

#: Words that join main clauses with the verb in second place.
JOINERS = frozenset({"en", "maar", "want", "dus", "of"})


@dataclass(slots=True)
class Unit:
    """One main clause: `verb` and `clauses` (start, end) are places in `words`."""

    joiner: str
    words: list[Word]
    verb: int = -1
    clauses: list[tuple[int, int]] = field(default_factory=list)
    #: Where words begin that stand loose behind a comma; they are left out.
    loose: int | None = None
    doubts: set[str] = field(default_factory=set)


def units(words: Sequence[Word]) -> list[Unit]:
    """The main clauses of one sentence, in order; one without a finite verb has `verb` -1."""
    return _Scan(words).run()


class _Scan:
    """One walk over a sentence; `waiting` holds the openers that still lack their verb."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = list(words)
        self.found: list[Unit] = []
        self.waiting: list[int] = []
        self._fresh(0, "")

    def _fresh(self, start: int, joiner: str) -> None:
        self.start = start
        self.joiner = joiner
        self.verb: int | None = None
        self.spans: list[list[int]] = []
        self.loose: int | None = None
        self.doubts: set[str] = set()
        #: A joined part of an embedded clause follows, with a finite verb of its own.
        self.runs_on = False

    def run(self) -> list[Unit]:
        place = 0
        while place < len(self.words):
            place = self._step(place)
        self._close(len(self.words))
        return self.found

    def _step(self, place: int) -> int:
        word = self.words[place]
        if self.waiting and (word.low == "," or word.kind == "co"):
            self._late_close(place)
        if word.low == "want" and self.verb is not None:
            if self.waiting:
                self.doubts.add("open clause")
            self.waiting = []
        if word.low == ",":
            return self._comma(place)
        asks = word.low == "of" and opens(self.words, place, self.start, self.verb)
        if (
            word.kind == "co"
            and not asks
            and word.low in JOINERS
            and not self.waiting
            and self.verb is not None
        ):
            verdict = starts_unit(self.words, place + 1, self._inside())
            self.runs_on = verdict is None
            if verdict is not None:
                if not verdict:
                    subject = self.words[place - 1].low in listed("nominative")
                    self.doubts.add("open clause" if subject else "joined")
                self._close(place)
                self._fresh(place + 1, word.low if verdict else "?")
                return place + 1
        if self._infinitive_opener(place):
            return self._skip_infinitive(place)
        if opens(self.words, place, self.start, self.verb):
            if not self.waiting:
                self.spans.append([self._clause_start(place), -1])
            self.waiting.append(place)
        elif word.finite:
            self._finite(place)
        return place + 1

    def _late_close(self, place: int) -> None:
        """`waar ze bij zijn en ...`: the infinitive just before is a plural finite verb."""
        last = self.words[place - 1]
        before = self.words[place - 2]
        if before.kind in ("te", "inf", "vd") or before.finite:
            return
        if last.kind == "inf" and place - 1 > self.waiting[-1]:
            self.words[place - 1] = replace(last, tag="WW(pv,tgw,mv)", kind="pv", plural=True)
            self.waiting.pop()

    def _inside(self) -> bool:
        """Is the place behind the main verb, in a clause that may run on?"""
        return bool(self.spans) and self.verb is not None and self.spans[-1][0] > self.verb

    def _finite(self, place: int) -> None:
        if self.waiting:
            self.waiting.pop()
        elif self.verb is None:
            self.verb = place
            if self.spans and self.spans[-1][1] < 0:
                self.spans[-1][1] = place
        elif self._inside() and self.runs_on and self._closes(place):
            self.runs_on = False
        elif self.words[place].plural and lemma(self.words[self.verb]) in listed(
            "before_infinitive"
        ):
            word = self.words[place]
            self.words[place] = replace(word, kind="inf", tag="WW(inf,vrij,zonder)")
        else:
            self.doubts.add("two verbs")

    def _closes(self, place: int) -> bool:
        """Is the finite verb the last word of its part of the sentence?"""
        after = self.words[place + 1] if place + 1 < len(self.words) else None
        return after is None or after.verbal or after.low == "," or after.kind in ("co", "sub")

    def _comma(self, place: int) -> int:
        if self.waiting or self.verb is None:
            if not self.waiting and self.spans and self.spans[-1][1] < 0:
                self.spans[-1][1] = place
            return place + 1
        after = place + 1
        if after < len(self.words) and self.words[after].low in JOINERS:
            if self.loose is None and starts_unit(self.words, after + 1, self._inside()) is None:
                self.loose = place
                if self.words[after].low == "maar":
                    self.doubts.add("contrast")
            return after
        if after < len(self.words) and opens(self.words, after, self.start, self.verb):
            return after
        if self._infinitive_opener(after):
            return after
        if starts_unit(self.words, after, False, spliced=True):
            self._close(place)
            self._fresh(after, ",")
        elif self.loose is None and not (
            self.words[place - 1].kind == "noun" and self._lists(after)
        ):
            self.loose = place
        return after

    def _lists(self, place: int) -> bool:
        """`rust, regelmaat en structuur`: short parts with a joiner before the last one."""
        for count, ahead in enumerate(self.words[place : place + 6]):
            if ahead.kind == "co" and ahead.low in ("en", "of"):
                return count > 0
            if ahead.kind not in ("noun", "det", "adj", "num"):
                return False
        return False

    def _clause_start(self, place: int) -> int:
        """Where a clause begins: a preposition before its relative pronoun belongs to it."""
        start = place
        low = self.words[place].low
        bound = low in ("wie", "welke", "wat", "hoe") or low.startswith("hoe")
        if bound and start > self.start and self.words[start - 1].kind == "prep":
            start -= 0 if self._is_particle(start - 1) else 1
        if start > self.start and self.words[start - 1].low in ("zonder", "behalve"):
            start -= 1
        return start

    def _is_particle(self, place: int) -> bool:
        """`houdt bij wat we doen`: of the main verb, not of the clause that follows."""
        if self.verb is None or lemma(self.words[self.verb]) in listed("auxiliaries"):
            return False
        verbs = data()["separable"].get(self.words[place].low, ())
        return any(is_form_of(self.words[self.verb], v) for v in verbs)

    def _infinitive_opener(self, place: int) -> bool:
        if place >= len(self.words) or self.waiting:
            return False
        if self.words[place].low not in data()["infinitive_openers"]:
            return False
        after = self.words[place + 1] if place + 1 < len(self.words) else None
        if after is not None and after.low in ("zonder", "om"):
            return False
        if (
            after is not None
            and self.words[place].low == "om"
            and (after.kind == "num" or after.low in listed("clock"))
        ):
            return False
        return self._infinitive_end(place) is not None

    def _infinitive_end(self, place: int) -> int | None:
        for ahead in range(place + 1, min(place + 14, len(self.words))):
            word = self.words[ahead]
            if word.finite or word.low in (",", "om") or (word.kind == "sub" and word.low != "dan"):
                return None
            if word.kind == "te":
                end = ahead + 1
                while end < len(self.words) and self.words[end].kind in ("inf", "vd", "te"):
                    end += 1
                return end
        return None

    def _skip_infinitive(self, place: int) -> int:
        end = self._infinitive_end(place) or place + 1
        after = self.words[end] if end < len(self.words) else None
        if (
            self.verb is not None
            and after is not None
            and after.kind in ("det", "noun", "adj", "vd", "num")
        ):
            self.doubts.add("inline clause")
        self.spans.append([place, -1])
        return end

    def _close(self, end: int) -> None:
        words = list(self.words[self.start : end])
        while words and words[-1].low == ",":
            words.pop()
        if self.waiting:
            self.doubts.add("open clause")
            self.waiting = []
        spans = [(s - self.start, (e if e >= 0 else end) - self.start) for s, e in self.spans]
        verb = -1 if self.verb is None else self.verb - self.start
        loose = None if self.loose is None else self.loose - self.start
        if words:
            self.found.append(Unit(self.joiner, words, verb, spans, loose, self.doubts))


def starts_unit(
    words: Sequence[Word], place: int, inside: bool, spliced: bool = False
) -> bool | None:
    """Does a main clause start here? None: no, the words run on; False: it cannot be told."""
    verb = None
    for index in range(place, len(words)):
        word = words[index]
        if word.low == "," or word.low in ("want",):
            break
        demonstrative = word.low in listed("demonstratives") and not inside
        if (
            index == place
            and word.kind == "wh"
            and index + 1 < len(words)
            and words[index + 1].finite
        ):
            return True
        if index == place and word.kind in ("sub", "rel", "wh") and not demonstrative:
            return _fronted_clause(words, place)
        if word.kind in ("sub", "rel") and word.low not in ("dan", "als"):
            break
        if word.finite:
            verb = index
            break
    if verb is None:
        return None
    between = words[place:verb]
    after = words[verb + 1] if verb + 1 < len(words) else None
    if not inside:
        return True
    if len(between) == 1 and between[0].low in ("dat", "die"):
        return False
    if not between:
        return bool(after is not None and after.low in listed("nominative"))
    return _second_place(between, after)


def _second_place(between: Sequence[Word], after: Word | None) -> bool | None:
    """After an embedded clause: is the verb in second place, so that a main clause starts?"""
    first = between[0]
    if first.low in listed("nominative") or first.kind == "pron":
        return True if len(between) == 1 and after is not None else None
    if after is not None and after.low in listed("only_subject"):
        return True
    if after is not None and after.verbal:
        return None
    if after is None or after.low in (",",) or after.kind == "co":
        return None
    if _constituents(between) == 1:
        return True
    return None


def _constituents(words: Sequence[Word]) -> int:
    """A rough count of phrases: each noun, lone pronoun or adverb ends one."""
    count = 0
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else None
        if (
            (word.kind == "noun" and (after is None or after.kind not in ("noun", "co")))
            and not (after is not None and after.low == "van")
        ) or (
            word.kind in ("adv", "er", "pron")
            and (after is None or after.kind in ("adv", "er", "prep", "det"))
        ):
            count += 1
    return max(count, 1)


def _fronted_clause(words: Sequence[Word], place: int) -> bool | None:
    """`en als hij komt, ga ik`: an embedded clause in front of a main clause of its own."""
    closing = finite_ahead(words, place)
    if closing is None:
        return None
    index = closing + 1
    while index < len(words) and (words[index].verbal or words[index].low == ","):
        index += 1
    if index < len(words) and words[index].low == "dan":
        index += 1
    return True if index < len(words) and words[index].finite else None
