"""Train the network of `encoder.Encoder` in torch, and write it for ONNX Runtime.

It starts from the lower layers of multilingual E5 small (`e5.py`): the table of pieces is cut down
to Dutch, and everything is trained further on our messages, for all tasks at once, and on sentences
with CGN tags (`tagging.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from coachbot.nlp import encoder, tags
from coachbot.nlp.encoder import Floats, Piece, Pieces
from coachbot.nlp.heads import COLUMNS, EXCLUSIVE, TASKS, WIDTH
from coachbot.nlp.training import corpus
from coachbot.nlp.training.corpus import Message
from coachbot.nlp.training.e5 import E5
from coachbot.nlp.training.net import Net, Recipe, write
from coachbot.nlp.training.tagging import Tagged, Tagging

#: Most frequent Dutch words whose pieces are kept beside those of the corpus.
KNOWN_WORDS = 9_000
#: E5's reserved pieces, in our order: unknown, start, end.
RESERVED = (3, 0, 2)
Text = TypeVar("Text", Message, Tagged)


def kept_pieces(cutter: Pieces, texts: Sequence[str]) -> list[int]:
    """Numbers of the pieces that Dutch needs: of the corpus, of frequent words, single signs."""
    from wordfreq import top_n_list

    seen = Counter(piece.row for text in texts for piece in cutter.cut(text))
    kept = {number for number, count in seen.items() if count > 1}
    for word in top_n_list("nl", KNOWN_WORDS):
        kept |= {piece.row for piece in cutter.cut(word)}
    for piece, (number, _) in cutter.table.items():
        sign = ord(piece) if len(piece) == 1 else -1
        if 0 <= sign < 0x250 or 0x2000 < sign < 0x2100 or sign > 0x1F000:
            kept.add(number)
    return sorted(kept - set(range(len(RESERVED) + 1)))


class Trainer:
    """Holds a network and its pieces; `fit`, `scores` and `save`."""

    def __init__(self, texts: Sequence[str], tagging: Tagging, recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        torch.use_deterministic_algorithms(True, warn_only=True)
        self.recipe = recipe
        self.random = Random(recipe.seed)
        start = E5()
        cutter = Pieces(start.pieces, start.chances)
        kept = [*RESERVED, *kept_pieces(cutter, texts)]
        self.names = [start.pieces[n] for n in kept]
        self.chances = [round(start.chances[n], 4) for n in kept]
        self.pieces = Pieces(self.names, self.chances)
        self.tagging = tagging
        self.net = Net(start, kept, len(tagging.meanings), recipe)

    def batch(self, messages: Sequence[Message], noisy: bool) -> tuple[Tensor, Tensor, Tensor]:
        """Rows, which of them are there, and cue marks (batch, pieces) of messages.

        A mark is 1 where both readers marked the word, a half where one did.
        """
        rows, marks = [], []
        for message in messages:
            text, spans, again = message.text, message.spans, message.again
            if noisy:
                state = self.random.getstate()
                _, again = corpus.roughen(text, again, self.random, corpus.Noise())
                self.random.setstate(state)
                text, spans = corpus.roughen(text, spans, self.random, corpus.Noise())
            cut = self.pieces.cut(text)
            own = [piece.row for piece in cut]
            if noisy:
                chance, lost = self.random.random, self.recipe.drop_piece
                own = [encoder.UNKNOWN if chance() < lost else row for row in own]
            rows.append([encoder.START, *own, encoder.END])
            inside = [(_within(p, spans) + _within(p, again)) / 2 for p in cut]
            marks.append([0.0, *inside, 0.0])
        longest = max(map(len, rows))
        ids, there = _padded(rows)
        cue = torch.tensor([mark + [0.0] * (longest - len(mark)) for mark in marks])
        return ids, there, cue

    def fit(self, messages: Sequence[Message]) -> None:
        """Train on messages, cycle by cycle."""
        for rounds, rate, safety in self.recipe.cycles:
            self.cycle(messages, rounds, rate, safety)

    def cycle(self, messages: Sequence[Message], rounds: int, rate: float, safety: float) -> None:
        """The rate rises, then falls to nearly zero."""
        recipe = self.recipe
        named = list(self.net.named_parameters())
        new = ("queries", "out", "cue", "tag")
        groups = [
            {"params": [p for n, p in named if not n.startswith(new)]},
            {"params": [p for n, p in named if n.startswith(new)]},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=recipe.decay)
        order = list(self._batches(messages, rounds))
        self.net.train()
        for step, chosen in enumerate(tqdm(order, unit="batch", mininterval=5)):
            share = min(1.0, (step + 1) / recipe.warm_up) * max(0.02, 1 - step / len(order))
            for group, times in zip(optimizer.param_groups, (1, recipe.new_layers), strict=True):
                group["lr"] = rate * times * share
            if isinstance(chosen[0], Tagged):
                loss = self.tag_loss(chosen)
            else:
                ids, there, cue = self.batch(chosen, noisy=True)
                with torch.autocast("cpu", torch.bfloat16):
                    scores, found, _ = self.net(ids, there)
                loss = self.loss(chosen, scores.float(), found.float(), cue, there, safety)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
            optimizer.step()
        self.net.eval()

    def _batches(
        self, messages: Sequence[Message], rounds: int
    ) -> Iterator[list[Message] | list[Tagged]]:
        """Batches of about equally long texts of one sort, shuffled anew each time round."""
        for _ in range(rounds):
            batches: list[list[Message] | list[Tagged]] = [*self._grouped(messages)]
            batches += self._grouped(self.tagging.round(self.random))
            self.random.shuffle(batches)
            yield from batches

    def _grouped(self, texts: Sequence[Text]) -> Iterator[list[Text]]:
        size = self.recipe.batch
        order = list(texts)
        self.random.shuffle(order)
        for start in range(0, len(order), size * 16):
            group = sorted(order[start : start + size * 16], key=lambda m: len(m.text))
            yield from (group[k : k + size] for k in range(0, len(group), size))

    def tag_loss(self, sentences: Sequence[Tagged]) -> Tensor:
        """Mean over the words whose tag is known; a word's scores are the mean of its pieces'."""
        rows, words = [], []
        wanted: list[int] = []
        for sentence in sentences:
            cut = self.pieces.cut(sentence.text)
            lost = [self.random.random() < self.recipe.drop_piece for _ in cut]
            own = [encoder.UNKNOWN if x else p.row for p, x in zip(cut, lost, strict=True)]
            rows.append([encoder.START, *own, encoder.END])
            owners = tags.words_of([(p.start, p.end) for p in cut], sentence.places)
            start = len(wanted)
            words.append([-1, *(start + o if o >= 0 else -1 for o in owners), -1])
            wanted += sentence.tags
        ids, there = _padded(rows)
        with torch.autocast("cpu", torch.bfloat16):
            scores = self.net.tags(ids, there)
        places = torch.tensor([word for row in words for word in row])
        scores = scores.float()[there][places >= 0]
        places = places[places >= 0]
        whole = torch.zeros(len(wanted), scores.shape[-1]).index_add(0, places, scores)
        whole = whole / torch.bincount(places, minlength=len(wanted)).clamp(min=1)[:, None]
        loss = functional.cross_entropy(whole, torch.tensor(wanted), ignore_index=-1)
        return self.recipe.tag_weight * loss

    def loss(
        self,
        messages: Sequence[Message],
        scores: Tensor,
        found: Tensor,
        cue: Tensor,
        there: Tensor,
        safety: float,
    ) -> Tensor:
        """The sum over tasks; cues count in messages with blame only."""
        recipe = self.recipe
        total = torch.zeros(())
        labelled = [i for i, m in enumerate(messages) if m.rung]
        chosen = [messages[i] for i in labelled]
        for task, part in COLUMNS.items():
            own = scores[:, part]
            if task == "safety":
                wanted = torch.tensor([TASKS[task].index(m.safety) for m in messages])
                weigh = torch.tensor([recipe.safe_weight if m.rung else 1.0 for m in messages])
                each = functional.cross_entropy(own, wanted, reduction="none")
                total = total + safety * (each * weigh).mean()
                continue
            if not labelled:
                continue
            own = own[labelled]
            if task in EXCLUSIVE:
                wanted = torch.tensor([TASKS[task].index(getattr(m, task)) for m in chosen])
                part_loss = functional.cross_entropy(own, wanted, label_smoothing=recipe.smoothing)
                total = total + part_loss * (1.0 if task == "rung" else 0.5)
            elif task == "blame":
                wanted = torch.tensor([[float(m.blame)] for m in chosen])
                total = total + functional.binary_cross_entropy_with_logits(own, wanted)
            else:
                wanted = torch.tensor(
                    [[float(x in m.emotions) for x in TASKS[task]] for m in chosen]
                )
                total = total + 2 * functional.binary_cross_entropy_with_logits(own, wanted)
        guilty = [i for i, m in enumerate(messages) if m.blame and m.spans]
        if guilty:
            total = total + functional.binary_cross_entropy_with_logits(
                found[guilty][there[guilty]], cue[guilty][there[guilty]]
            )
        return total

    @torch.no_grad()
    def scores(self, messages: Sequence[Message]) -> Floats:
        """(n, WIDTH) scores of the network before it is made smaller."""
        self.net.eval()
        rows = np.zeros((len(messages), WIDTH), dtype=np.float32)
        order = sorted(range(len(messages)), key=lambda i: len(messages[i].text))
        for start in range(0, len(order), 64):
            part = order[start : start + 64]
            ids, there, _ = self.batch([messages[i] for i in part], noisy=False)
            rows[part] = self.net(ids, there)[0].numpy()
        return rows

    def save(self, home: Path) -> None:
        """What `encoder.load` reads, with weights of 8 bits (7 of them used: see below)."""
        lines = [f"{p} {c}\n" for p, c in zip(self.names, self.chances, strict=True)]
        (home / "pieces.txt").write_text("".join(lines), encoding="utf-8")
        lines = ["\t".join(meaning) + "\n" for meaning in self.tagging.meanings]
        (home / "tags.txt").write_text("".join(lines), encoding="utf-8")
        write(self.net.eval(), home / "network.onnx")


def _padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """(rows, longest) numbers of pieces, and which of them are there."""
    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
    there = torch.tensor([[True] * len(row) + [False] * (longest - len(row)) for row in rows])
    return ids, there


def _within(piece: Piece, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < piece.end and piece.start < end for start, end in spans)
