"""UD Dutch: reading CoNLL-U, and measuring a pipeline on it. Needs spaCy only.

Tags are written the way Frog prints them, `WW(pv,tgw,ev)`; UD writes the same tag as
`WW|pv|tgw|ev`. Lemmas lose the underscores by which UD marks the parts of a compound.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab

#: A feature of fixed expressions, not of a word; only the newest UD releases have it.
EXPRESSION_FEATURE = "ExtPos="


@dataclass(frozen=True, slots=True)
class Word:
    """One line of CoNLL-U. `head` counts from 0; the root is its own head; None: no tree."""

    form: str
    lemma: str | None = None
    pos: str | None = None
    tag: str | None = None
    morph: str | None = None
    head: int | None = None
    dep: str | None = None
    space: bool = True


Sentence = list[Word]


def cgn(xpos: str) -> str:
    """`WW|pv|tgw|ev` -> `WW(pv,tgw,ev)`; a tag with parentheses stays as it is."""
    if xpos.endswith(")"):
        return xpos
    head, *features = xpos.split("|")
    return f"{head}({','.join(features)})"


def plain_lemma(lemma: str, form: str) -> str:
    """The lemma without the marks between its parts (`aan_sporen` -> `aansporen`)."""
    return lemma if lemma == "_" or form == lemma else lemma.replace("_", "")


def _morph(features: str) -> str:
    kept = [f for f in features.split("|") if not f.startswith(EXPRESSION_FEATURE)]
    return "|".join(kept) or "_"


def read_conllu(path: Path) -> Iterator[Sentence]:
    """The sentences of a file; multiword ranges and empty nodes are left out.

    A `_` in the head column means: this word has no tree (its tags still count).
    """
    sentence: Sentence = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            if sentence:
                yield sentence
            sentence = []
            continue
        columns = line.split("\t")
        if line.startswith("#") or not columns[0].isdigit():
            continue
        number, form, lemma, pos, xpos, feats, head, dep, _, misc = columns
        place = None if head == "_" else (int(head) - 1 if head != "0" else int(number) - 1)
        sentence.append(
            Word(
                form=form,
                lemma=plain_lemma(lemma, form),
                pos=pos,
                tag=cgn(xpos),
                morph=_morph(feats),
                head=place,
                dep="ROOT" if dep == "root" else dep,
                space="SpaceAfter=No" not in misc,
            )
        )
    if sentence:
        yield sentence


def reference(vocab: Vocab, sentences: Iterable[Sentence]) -> Doc:
    """One gold document of one or more sentences. Missing values stay missing."""
    words = [word for sentence in sentences for word in sentence]
    return Doc(vocab, words=[w.form for w in words], spaces=[w.space for w in words])


def gold(vocab: Vocab, sentences: list[Sentence]) -> Example:
    """An example whose prediction still has to be made, tokenized as in the gold file."""
    words = [word for sentence in sentences for word in sentence]
    heads: list[int | None] = []
    for sentence in sentences:
        start = len(heads)
        heads += [None if w.head is None else w.head + start for w in sentence]
    annotation: dict[str, object] = {
        "words": [w.form for w in words],
        "spaces": [w.space for w in words],
        "tags": [w.tag or "" for w in words],
        "pos": [w.pos or "" for w in words],
        "morphs": [w.morph or "" for w in words],
        "lemmas": [w.lemma or "" for w in words],
    }
    if all(head is not None for head in heads):
        annotation["heads"] = heads
        annotation["deps"] = [w.dep or "" for w in words]
        annotation["sent_starts"] = [
            i == 0 for sentence in sentences for i, _ in enumerate(sentence)
        ]
    return Example.from_dict(reference(vocab, sentences), annotation)


def evaluate(nlp: Language, path: Path) -> dict[str, float]:
    """Shares right in per cent, with gold tokens and one gold sentence a document.

    Keys: tag (full CGN tag), main (its part before the parenthesis), pos, morph, lemma, uas, las
    (all words), uas_words and las_words (without punctuation, as spaCy counts), words.
    """
    return evaluate_sentences(nlp, list(read_conllu(path)))


def evaluate_sentences(nlp: Language, sentences: list[Sentence]) -> dict[str, float]:
    """As `evaluate`, for sentences already read."""
    docs = list(nlp.pipe(reference(nlp.vocab, [s]) for s in sentences))
    right = dict.fromkeys(("tag", "main", "pos", "morph", "lemma", "uas", "las"), 0)
    right |= {"uas_words": 0, "las_words": 0}
    total = words = 0
    for sentence, doc in zip(sentences, docs, strict=True):
        for word, token in zip(sentence, doc, strict=True):
            attached = token.head.i == word.head
            labelled = attached and token.dep_ == word.dep
            tag = word.tag or ""
            right["tag"] += token.tag_ == tag
            right["main"] += token.tag_.split("(")[0] == tag.split("(")[0]
            right["pos"] += token.pos_ == word.pos
            right["morph"] += (str(token.morph) or "_") == word.morph
            right["lemma"] += token.lemma_ == word.lemma
            right["uas"] += attached
            right["las"] += labelled
            total += 1
            if word.dep != "punct":
                right["uas_words"] += attached
                right["las_words"] += labelled
                words += 1
    shares = {
        key: round(100 * n / (words if key.endswith("_words") else total), 2)
        for key, n in right.items()
    }
    return shares | {"words": total}


def evaluate_raw(nlp: Language, path: Path) -> dict[str, float]:
    """As `evaluate`, from raw text: F1 in per cent over tokens that have the gold borders."""
    sentences = list(read_conllu(path))
    found = expected = 0
    right = dict.fromkeys(("tokens", "tag", "lemma", "las"), 0)
    for sentence in sentences:
        gold_doc = reference(nlp.vocab, [sentence])
        doc = nlp(gold_doc.text)
        spans = {(t.idx, t.idx + len(t)): t for t in doc}
        borders = [(t.idx, t.idx + len(t)) for t in gold_doc]
        found += len(doc)
        expected += len(sentence)
        for word, border in zip(sentence, borders, strict=True):
            token = spans.get(border)
            if token is None:
                continue
            head = (token.head.idx, token.head.idx + len(token.head))
            right["tokens"] += 1
            right["tag"] += token.tag_ == word.tag
            right["lemma"] += token.lemma_ == word.lemma
            right["las"] += head == borders[word.head or 0] and token.dep_ == word.dep
    return {key: round(200 * n / max(1, found + expected), 2) for key, n in right.items()}
