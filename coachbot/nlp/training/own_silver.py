"""How `silver.tsv.gz` was made: our own messages, tagged by Frog, with trees by a teacher.

The teacher is a parser that sees, besides what ours sees, Frog's tag, relation and distance to the
head of every word. On held-out chat it is as good as our parser after learning from it. Needs
Frog; not part of `make train`:
`python -m coachbot.nlp.training.own_silver messages.txt silver.tsv.gz --shared ../shared/data`
"""

import argparse
import gzip
import random
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import spacy
from rich.progress import track
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Adam, NumpyOps, fix_random_seed, set_current_ops

from . import tokenizer, vectors
from .configuration import Recipe, configure
from .lexicon import LEMMA, TAG, WORD
from .ud import gold, read_conllu

FROG = ("frog", "-n", "--skip=tnca", "--threads=1")
CONFIDENCE, HEAD, RELATION = 5, 10, 11
#: Farther heads are all called that far.
FARTHEST = 4
#: The end of a sentence in a message, for Frog, which reads one sentence a line.
END = re.compile(r"[.!?…]+")
#: Two of five sentences that the teacher learns from are chat.
CHAT_SHARE = 0.4


class Opinion(NamedTuple):
    """What Frog says of one word; `distance` to its head, 0 for a root."""

    lemma: str
    tag: str
    confidence: str
    relation: str
    distance: int


def opinions(sentences: list[list[str]]) -> Iterator[list[Opinion]]:
    """Frog on sentences that are already cut in words."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        lines = (" ".join(word.replace(" ", "") for word in s) for s in sentences)
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        subprocess.run(
            [*FROG, "-t", str(source), "-o", str(target)], check=True, capture_output=True
        )
        blocks = target.read_text(encoding="utf-8").strip().split("\n\n")
    for words, block in zip(sentences, blocks, strict=True):
        yield align(words, [line.split("\t") for line in block.split("\n")])


def align(words: list[str], rows: list[list[str]]) -> list[Opinion]:
    """One opinion a word. Frog joins fixed expressions (`New_York`); they are split again."""
    starts = [0]
    for row in rows:
        end, text = starts[-1] + 1, words[starts[-1]].replace(" ", "")
        while text != row[WORD]:
            text += "_" + words[end].replace(" ", "")
            end += 1
        starts.append(end)
    found = []
    for row, start, end in zip(rows, starts, starts[1:], strict=False):
        number = end - start
        tags, lemmas = row[TAG].split("_"), row[LEMMA].split("_")
        if len(tags) != number or len(lemmas) != number:
            tags, lemmas = [row[TAG]] * number, [row[LEMMA]] * number
        head = int(row[HEAD] or 0)
        distance = starts[head - 1] - start if head else 0
        found.append(Opinion(lemmas[0], tags[0], row[CONFIDENCE], row[RELATION], distance))
        for lemma, tag in zip(lemmas[1:], tags[1:], strict=True):
            found.append(Opinion(lemma, tag, row[CONFIDENCE], "mwu", -1))
    return found


def show(doc: Doc, frog: list[Opinion]) -> None:
    """Put Frog's opinions where the teacher's network looks."""
    for token, opinion in zip(doc, frog, strict=True):
        distance = max(-FARTHEST, min(FARTHEST, opinion.distance))
        token.tag_ = opinion.tag
        token.lemma_ = f"{opinion.relation}|{distance}"


def train_teacher(shared: Path, steps: int, seed: int) -> Language:
    """A parser trained on UD and on our chat treebank, with Frog's opinions in view."""
    treebank = [
        sentence
        for name in ("lassy-dev", "lassy-test", "alpino-dev")
        for sentence in read_conllu(shared / "ud" / f"{name}.conllu")
    ]
    chat = [s for i, s in enumerate(read_conllu(Path(__file__).parent / "chat.conllu")) if i % 5]
    recipe = Recipe(components="parser", steps=steps, seed=seed)
    models = configure(recipe)
    embed = models["tok2vec"]["model"]["embed"]
    embed["attrs"] += ["TAG", "LEMMA"]
    embed["rows"] += [500, 1000]
    nlp = spacy.blank("nl")
    tokenizer.adapt(nlp)
    vectors.add_vectors(nlp.vocab, seed)
    for name in ("tok2vec", "parser"):
        nlp.add_pipe(name, config=models[name])
    nlp.initialize(lambda: [gold(nlp.vocab, [s]) for s in treebank + chat])
    seen = list(opinions([[w.form for w in s] for s in treebank + chat]))
    pairs = list(zip(treebank + chat, seen, strict=True))
    newspaper, informal = pairs[: len(treebank)], pairs[len(treebank) :]
    schedule: Any = (recipe.rate * min((i + 1) / 150, 1.02 - i / steps) for i in range(steps + 1))
    optimizer = Adam(schedule, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0)
    rng = random.Random(seed)
    for _ in track(range(steps), "teacher"):
        batch, size = [], 0
        while size < recipe.words:
            sentence, frog = rng.choice(informal if rng.random() < CHAT_SHARE else newspaper)
            example = gold(nlp.vocab, [sentence])
            show(example.predicted, frog)
            batch.append(example)
            size += len(frog)
        nlp.update(batch, drop=0.25, sgd=optimizer, losses={})
        optimizer.step_schedules()
    return nlp


def cut(nlp: Language, messages: list[str]) -> Iterator[Doc]:
    """The sentences of the messages, each as a document of its own."""
    for message in dict.fromkeys(messages):
        start, doc = 0, nlp.make_doc(message)
        for token in doc:
            if END.fullmatch(token.text) or token.i == len(doc) - 1:
                piece = doc[start : token.i + 1]
                start = token.i + 1
                if any(t.is_alpha for t in piece):
                    yield piece.as_doc()


def rows_of(doc: Doc, frog: list[Opinion]) -> Iterator[str]:
    """The lines of one file entry a sentence, as `silver.read_own` reads them."""
    for sentence in doc.sents:
        for token in sentence:
            opinion = frog[token.i]
            columns = [token.text, "" if token.whitespace_ else "-", opinion.lemma, opinion.tag]
            head = token.head.i - sentence.start
            columns += [f"{float(opinion.confidence):.2f}", str(head), token.dep_]
            yield "\t".join(columns) + "\n"
        yield "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", type=Path, help="one message a line")
    parser.add_argument("out", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--seed", type=int, default=12)
    args = parser.parse_args()
    set_current_ops(NumpyOps(use_blis=False))
    fix_random_seed(args.seed)
    nlp = train_teacher(args.shared, args.steps, args.seed)
    docs = list(cut(nlp, args.messages.read_text(encoding="utf-8").splitlines()))
    # Frog reads the plain spelling (`even` for `ff`), the file keeps what was typed.
    plain = [[t.norm_ if t.norm_ != t.lower_ else t.text for t in doc] for doc in docs]
    with gzip.GzipFile(args.out, "wb", mtime=0) as out:
        for doc, frog in zip(docs, opinions(plain), strict=True):
            show(doc, frog)
            for _, pipe in nlp.pipeline:
                doc = pipe(doc)
            out.write("".join(rows_of(doc, frog)).encode())


if __name__ == "__main__":
    main()
