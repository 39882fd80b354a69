"""Make the Dutch pipeline in `nlp/model/` out of the shared material, in one command.

`python -m coachbot.nlp.training.train --shared ../shared/data --out coachbot/nlp/model`
"""

import argparse
import json
import os
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

# More BLAS threads make the small products of these networks slower, and not repeatable.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import spacy
from rich.progress import track
from spacy.language import Language
from spacy.training import Example
from thinc.api import Adam, NumpyOps, fix_random_seed, set_current_ops

from coachbot.nlp import small_vectors

from . import augment, lemma_table, silver, tokenizer, vectors
from .configuration import Recipe, configure, lemmatizer
from .meta import META
from .rules import add_rules
from .ud import Sentence, evaluate, evaluate_sentences, gold, read_conllu

HERE = Path(__file__).parent
#: With --choose, every second sentence of Alpino dev is held out; the shipped model sees all.
HELD_OUT = 2
#: Every fifth sentence of our own treebank is held out, always.
CHAT_HELD_OUT = 5
#: How many sentences a document has: the parser also finds where sentences begin.
LENGTHS = (1, 1, 1, 2, 3)
#: Weights below this share of the highest learning rate are not worth a step.
LOWEST_RATE = 0.02
REPORT_EVERY = 400


@dataclass(frozen=True, slots=True)
class Material:
    """Sentences to learn from, and those held out to choose by."""

    gold: list[Sentence]
    silver: list[Sentence]
    held_out: list[Sentence]
    chat: list[Sentence]
    chat_held_out: list[Sentence]


def read_material(shared: Path, choose: bool) -> Material:
    """All that is learned from; the test file is not among it."""
    train: list[Sentence] = []
    held: list[Sentence] = []
    for name in ("lassy-dev", "lassy-test", "alpino-dev"):
        for i, sentence in enumerate(read_conllu(shared / "ud" / f"{name}.conllu")):
            aside = choose and name == "alpino-dev" and i % HELD_OUT == 0
            (held if aside else train).append(sentence)
    chat = list(read_conllu(HERE / "chat.conllu"))
    morphs = silver.learn_morphs(train)
    tagged = list(silver.read_frog(shared / "subs-frog.tsv", morphs))
    tagged += silver.read_own(HERE / "silver.tsv.gz", morphs)
    return Material(
        gold=train,
        silver=tagged,
        held_out=held,
        chat=[s for i, s in enumerate(chat) if i % CHAT_HELD_OUT],
        chat_held_out=[s for i, s in enumerate(chat) if i % CHAT_HELD_OUT == 0],
    )


def blank(recipe: Recipe) -> Language:
    """The pipeline before training, with vectors and tokenizer."""
    nlp = spacy.blank("nl")
    tokenizer.adapt(nlp)
    vectors.add_vectors(nlp.vocab, recipe.seed)
    models = configure(recipe)
    for name in ["tok2vec", *recipe.components.split(",")]:
        nlp.add_pipe(name, config=models[name])
    return nlp


def documents(material: Material, recipe: Recipe, rng: random.Random) -> Iterator[list[Sentence]]:
    """One to three sentences a document, for ever: gold, chat and silver mixed by chance."""
    chances = augment.Chances()

    def endless(sentences: list[Sentence]) -> Iterator[Sentence]:
        while True:
            order = list(sentences)
            rng.shuffle(order)
            yield from order

    streams = [endless(s) for s in (material.gold, material.chat, material.silver)]
    weights = [1 - recipe.chat - recipe.silver, recipe.chat, recipe.silver]
    while True:
        (stream,) = rng.choices(streams, weights)
        length = rng.choice(LENGTHS)
        yield [augment.roughen(next(stream), chances, rng) for _ in range(length)]


def lemmatizable(nlp: Language, sentence: Sentence) -> Sentence:
    """Without lemmas that no label gives: spaCy would take them for the first label."""
    if not nlp.has_pipe("trainable_lemmatizer"):
        return sentence
    pipe: Any = nlp.get_pipe("trainable_lemmatizer")
    return [
        replace(w, lemma=None)
        if w.lemma and pipe.trees.add(w.form, w.lemma) not in pipe.tree2label
        else w
        for w in sentence
    ]


def batches(nlp: Language, material: Material, recipe: Recipe) -> Iterator[list[Example]]:
    """Batches of about `recipe.words` words, for ever."""
    rng = random.Random(recipe.seed)
    batch: list[Example] = []
    size = 0
    for sentences in documents(material, recipe, rng):
        batch.append(gold(nlp.vocab, [lemmatizable(nlp, s) for s in sentences]))
        size += len(batch[-1].x)
        if size >= recipe.words:
            yield batch
            batch, size = [], 0


def sample(nlp: Language, material: Material) -> list[Example]:
    """What the components find their labels in.

    The morphologizer takes an unknown part of speech for a label of its own, unless it never sees
    it here; afterwards it takes what is not a label for missing.
    """
    seen = [gold(nlp.vocab, [s]) for s in material.gold + material.chat]
    for sentence in material.silver:
        known = [w if w.pos else replace(w, pos="PUNCT", morph="_") for w in sentence]
        if any(w.tag for w in sentence):
            seen.append(gold(nlp.vocab, [known]))
    return seen


def train(nlp: Language, material: Material, recipe: Recipe, log: Path | None) -> None:
    """Initialize and train in place; the averaged weights stay in the model."""
    nlp.initialize(lambda: sample(nlp, material))
    total = recipe.steps
    optimizer = adam(recipe, total)
    stream = batches(nlp, material, recipe)
    started = monotonic()
    for step in track(range(total), "training", update_period=1):
        nlp.update(next(stream), drop=recipe.drop, sgd=optimizer, losses={})
        optimizer.step_schedules()
        if (step + 1) % REPORT_EVERY == 0 and step + 1 < total:
            with nlp.use_params(optimizer.averages or {}):
                report(nlp, material, step + 1, started, log)
    for _, pipe in nlp.pipeline:
        keep_averages(pipe, optimizer)
    report(nlp, material, total, started, log)


def train_lemmatizer(nlp: Language, material: Material, recipe: Recipe) -> None:
    """Second stage: replace the lemmatizer by one that sees the tags, with a network of its own.

    In the first stage it is there to teach the shared network; it cannot see the tagger's choice.
    """
    nlp.remove_pipe("trainable_lemmatizer")
    pipe: Any = nlp.add_pipe("trainable_lemmatizer", config=lemmatizer())
    examples = sample(nlp, material)
    pipe.initialize(lambda: examples, nlp=nlp)
    optimizer = adam(recipe, recipe.lemma_steps)
    stream = batches(nlp, material, recipe)
    taggers: list[Any] = [nlp.get_pipe("tok2vec"), nlp.get_pipe("tagger")]
    for _ in track(range(recipe.lemma_steps), "lemmas", update_period=1):
        batch = next(stream)
        docs = [example.predicted for example in batch]
        for tagger in taggers:
            tagger.set_annotations(docs, tagger.predict(docs))
        pipe.update(batch, drop=recipe.drop, sgd=optimizer)
        optimizer.step_schedules()
    keep_averages(pipe, optimizer)


def adam(recipe: Recipe, total: int) -> Any:
    """The optimizer, with a rate that rises for `warm_up` steps and falls for the rest."""

    def rates() -> Iterator[float]:
        for step in count():
            falling = max(LOWEST_RATE, (total - step) / (total - recipe.warm_up))
            yield recipe.rate * min((step + 1) / recipe.warm_up, falling)

    schedule: Any = rates()
    return Adam(schedule, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=True)


def keep_averages(pipe: Any, optimizer: Any) -> None:
    """Replace a component's last weights by their averages over the training."""
    for node in pipe.model.walk():
        for name in node.param_names:
            if node.has_param(name) and (node.id, name) in optimizer.averages:
                node.set_param(name, optimizer.averages[node.id, name])


def report(
    nlp: Language, material: Material, step: int, started: float, log: Path | None
) -> dict[str, Any]:
    """Figures on what is held out, printed and appended to `log`."""
    figures: dict[str, Any] = {"step": step, "minutes": round((monotonic() - started) / 60, 1)}
    if material.held_out:
        figures["held_out"] = evaluate_sentences(nlp, material.held_out)
    figures["chat"] = evaluate_sentences(nlp, material.chat_held_out)
    line = json.dumps(figures)
    print(line, flush=True)
    if log:
        with log.open("a", encoding="utf-8") as out:
            out.write(line + "\n")
    return figures


def save(nlp: Language, out: Path, figures: dict[str, Any]) -> None:
    """Write the model with its origin, licence and figures."""
    nlp.meta.update(META)
    nlp.meta["performance"] = figures
    nlp.config["nlp"]["vectors"] = {"@vectors": small_vectors.NAME}
    nlp.to_disk(out)
    # spaCy 3.8 reads this attribute of a table of vectors, but writes it for floret tables only;
    # without it a loaded model would look up `Misschien` and not `misschien`.
    settings = {"mode": "default", "attr": nlp.vocab.vectors.attr}
    (out / "vocab" / "vectors.cfg").write_text(json.dumps(settings), encoding="utf-8")
    # Words of the corpora are no part of the model, labels and what edit trees put in are.
    lemmas: Any = nlp.get_pipe("trainable_lemmatizer")
    trees = lemmas.label_data["trees"]
    strings = {tree[key] for tree in trees for key in ("orig", "subst") if key in tree}
    for name in ("parser", "tagger", "morphologizer"):
        pipe: Any = nlp.get_pipe(name)
        strings.update(pipe.labels)
    (out / "vocab" / "strings.json").write_text(
        json.dumps(sorted(strings), ensure_ascii=False), encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("coachbot/nlp/model"))
    parser.add_argument("--log", type=Path, help="append figures as JSON lines")
    parser.add_argument("--choose", action="store_true", help="hold out half of Alpino dev")
    for field in fields(Recipe):
        default = getattr(Recipe(), field.name)
        parser.add_argument(f"--{field.name}", type=type(default), default=default)
    args = parser.parse_args()
    recipe = Recipe(**{name: getattr(args, name) for name in asdict(Recipe())})
    set_current_ops(NumpyOps(use_blis=False))  # NumPy's BLAS is three times as fast here
    fix_random_seed(recipe.seed)
    np.random.seed(recipe.seed)
    material = read_material(args.shared, args.choose)
    nlp = blank(recipe)
    train(nlp, material, recipe, args.log)
    fix_random_seed(recipe.seed)
    train_lemmatizer(nlp, material, recipe)
    add_rules(nlp)
    lemma_table.add_tables(nlp, material.gold)
    figures = {
        "alpino_test": evaluate(nlp, args.shared / "ud" / "alpino-test.conllu"),
        "chat": evaluate_sentences(nlp, material.chat_held_out),
    }
    print(json.dumps(figures, indent=1))
    save(nlp, args.out, figures)


if __name__ == "__main__":
    main()
