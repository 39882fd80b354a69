"""Silver: chat Dutch tagged by Frog, made to look like UD where the two conventions differ."""

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from .ud import Sentence, Word

#: Frog calls every name SPEC(deeleigen), UD most single names N(eigen,…): no opinion is better.
UNSURE_TAGS = frozenset({"SPEC(deeleigen)", "SPEC(afk)", "SPEC(vreemd)", "SPEC(symb)"})
#: UD lemmatizes numerals (`eerste` -> `één`) otherwise than Frog (`een`).
OTHER_LEMMAS = ("TW(",)
#: Below this, Frog's tag is right too seldom to teach anything.
MIN_CONFIDENCE = 0.5
#: A tag stands for one part of speech and one set of features if UD agrees with itself this often.
MIN_AGREEMENT = 0.95
#: … and has been seen this often.
MIN_SEEN = 5

#: A preposition at the end of its phrase, or cut off from a verb.
PARTICLE = "VZ(fin)"
#: What the parser says when it does not know.
NO_RELATION = "dep"

Morphs = dict[str, tuple[str, str]]


def learn_morphs(gold: Iterable[Sentence]) -> Morphs:
    """CGN tag -> (pos, features), for the tags of which UD makes one thing only."""
    seen: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for sentence in gold:
        for word in sentence:
            seen[word.tag or ""][(word.pos or "", word.morph or "")] += 1
    found: Morphs = {}
    for tag, counts in seen.items():
        best, times = counts.most_common(1)[0]
        if times >= MIN_SEEN and times >= MIN_AGREEMENT * counts.total():
            found[tag] = best
    return found


def read_frog(path: Path, morphs: Morphs) -> Iterator[Sentence]:
    """Sentences out of Frog's columns (number, word, lemma, tag, confidence); no trees."""
    sentence: Sentence = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line:
            _, form, lemma, tag, confidence = line.split("\t")
            sentence.append(_word(form, lemma, tag, float(confidence), morphs))
        elif sentence:
            yield _settle_split_verbs(sentence)
            sentence = []


def read_own(path: Path, morphs: Morphs) -> Iterator[Sentence]:
    """Sentences of our own messages: word, `-` if no space follows, lemma, tag, confidence.

    Two more columns, if there, hold the tree: the head's number and the relation.
    """
    sentence: Sentence = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if len(columns) < 5:
                if sentence:
                    yield _settle_split_verbs(_without_doubt(sentence))
                sentence = []
                continue
            form, space, lemma, tag, confidence, *tree = columns
            word = _word(form, lemma, tag, float(confidence), morphs)
            if tree:
                word = replace(word, head=int(tree[0]), dep=tree[1])
            sentence.append(replace(word, space=space != "-"))
    if sentence:
        yield _settle_split_verbs(_without_doubt(sentence))


def _without_doubt(sentence: Sentence) -> Sentence:
    """Without its tree, if that has a relation that is none."""
    if all(word.dep != NO_RELATION for word in sentence):
        return sentence
    return [replace(word, head=None, dep=None) for word in sentence]


def _word(form: str, lemma: str, tag: str, confidence: float, morphs: Morphs) -> Word:
    """What can be believed of Frog's opinion on one word."""
    if tag in UNSURE_TAGS or confidence < MIN_CONFIDENCE:
        return Word(form=form)
    pos, morph = morphs.get(tag, ("", ""))
    own = None if tag.startswith(OTHER_LEMMAS) else lemma
    return Word(form=form, lemma=own, pos=pos, tag=tag, morph=morph)


def _settle_split_verbs(sentence: Sentence) -> Sentence:
    """Frog lemmatizes `zeg … af` as `zeggen`, UD as `afzeggen`.

    With a tree the particle is put before the lemma; without one such verbs get no lemma.
    """
    if not any(word.tag == PARTICLE for word in sentence):
        return sentence
    has_tree = all(word.head is not None for word in sentence)
    particles = {
        w.head: w.form.lower()
        for w in sentence
        if w.dep == "compound:prt" and w.tag in (PARTICLE, "BW()")
    }
    settled = []
    for i, word in enumerate(sentence):
        if (word.tag or "").startswith("WW(") and word.lemma:
            particle = particles.get(i, "")
            whole = word.lemma if word.lemma.startswith(particle) else particle + word.lemma
            word = replace(word, lemma=whole if has_tree else None)
        settled.append(word)
    return settled
