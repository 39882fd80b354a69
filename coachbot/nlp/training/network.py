"""Train the network of `encoder.Encoder` in torch, and write it for ONNX Runtime.

It starts from the lower layers of multilingual E5 small (`e5.py`): the table of pieces is cut down
to Dutch, and everything is trained further on our messages, for all tasks at once.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from coachbot.nlp import encoder
from coachbot.nlp.encoder import Floats, Piece, Pieces
from coachbot.nlp.heads import COLUMNS, EXCLUSIVE, TASKS, WIDTH
from coachbot.nlp.training import corpus
from coachbot.nlp.training.corpus import Message
from coachbot.nlp.training.e5 import E5

#: Attention heads a task; the emotions have one for each, so that each shows its own words.
ATTENTIONS = {task: len(labels) if task == "emotions" else 2 for task, labels in TASKS.items()}
#: Most frequent Dutch words whose pieces are kept beside those of the corpus.
KNOWN_WORDS = 9_000
#: E5's reserved pieces, in our order: unknown, start, end.
RESERVED = (3, 0, 2)
EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be varied; the defaults are what the shipped network was made with."""

    layers: int = 8
    #: Rounds through the corpus, highest rate, and what "is somebody not safe?" weighs: the rate
    #: rises and falls once in each cycle.
    cycles: tuple[tuple[int, float, float], ...] = ((3, 8e-5, 2.0), (3, 6e-5, 2.5))
    batch: int = 32
    #: How much faster the layers learn that E5 does not have.
    new_layers: float = 20.0
    warm_up: int = 150
    drop: float = 0.2
    drop_inside: float = 0.1
    drop_piece: float = 0.05
    smoothing: float = 0.05
    decay: float = 0.01
    #: What a message of the cue corpus weighs as an example of "safe".
    safe_weight: float = 0.3
    seed: int = 1


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


class Layer(nn.Module):
    """Attention and a small network of its own for each piece, each added to what came in."""

    def __init__(self, start: E5, number: int) -> None:
        super().__init__()
        sizes = start.sizes
        self.heads = sizes.heads

        def linear(name: str, rows: int, columns: int) -> nn.Linear:
            layer = nn.Linear(columns, rows)
            weights = start.matrix(f"l{number}.{name}.w", rows, columns)
            layer.weight.data = torch.tensor(weights)
            layer.bias.data = torch.tensor(start.floats(f"l{number}.{name}.b"))
            return layer

        width = sizes.width
        parts = [linear(name, width, width) for name in ("q", "k", "v")]
        #: Queries, keys and values in one product.
        self.asked = nn.Linear(width, 3 * width)
        self.asked.weight.data = torch.cat([part.weight for part in parts])
        self.asked.bias.data = torch.cat([part.bias for part in parts])
        self.joined = linear("ao", width, width)
        self.widen = linear("fi", sizes.inside, width)
        self.narrow = linear("fo", width, sizes.inside)
        self.norm = _norm(start, f"l{number}.aln")
        self.out_norm = _norm(start, f"l{number}.oln")

    def forward(self, x: Tensor, there: Tensor, drop: float) -> Tensor:
        """(batch, pieces, width) -> the same; `there` (batch, pieces) is false beyond the end."""
        batch, pieces, width = x.shape

        asked = self.asked(x).view(batch, pieces, 3, self.heads, -1)
        query, key, value = asked.permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(query, key, value, there[:, None, None, :])
        found = self.joined(found.transpose(1, 2).reshape(batch, pieces, width))
        x = self.norm(x + functional.dropout(found, drop, self.training))
        found = self.narrow(functional.gelu(self.widen(x)))
        return self.out_norm(x + functional.dropout(found, drop, self.training))  # type: ignore[no-any-return]


def _norm(start: E5, name: str) -> nn.LayerNorm:
    layer = nn.LayerNorm(start.sizes.width, eps=EPSILON)
    layer.weight.data = torch.tensor(start.floats(f"{name}.w"))
    layer.bias.data = torch.tensor(start.floats(f"{name}.b"))
    return layer


class Net(nn.Module):
    """Layers, then an attention and a linear layer for each task, and a cue score a piece."""

    def __init__(self, start: E5, kept: list[int], recipe: Recipe) -> None:
        super().__init__()
        width = start.sizes.width
        self.recipe = recipe
        self.table = nn.Embedding(len(kept), width, _weight=torch.tensor(start.vectors(kept)))
        places = start.floats("emb.pos").reshape(-1, width) + start.floats("emb.type")[:width]
        self.places = nn.Parameter(torch.tensor(places[: encoder.MAX_PIECES + 2]))
        self.norm = _norm(start, "emb.ln")
        self.layers = nn.ModuleList(Layer(start, n) for n in range(recipe.layers))
        self.queries = nn.Parameter(torch.randn(width, sum(ATTENTIONS.values())) * 0.05)
        self.out = nn.ModuleDict(
            {
                task: nn.Linear(width * (ATTENTIONS[task] + 1), len(labels))
                for task, labels in TASKS.items()
            }
        )
        self.cue = nn.Linear(width, 1)

    def forward(self, rows: Tensor, there: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(batch, pieces) -> scores (batch, WIDTH), cue (batch, pieces), vector (batch, width)."""
        recipe = self.recipe
        x = self.norm(self.table(rows) + self.places[: rows.shape[1]])
        x = functional.dropout(x, recipe.drop_inside, self.training)
        for layer in self.layers:
            x = layer(x, there, recipe.drop_inside)
        x = x * there[..., None]
        mean = x.sum(1) / there.sum(1, keepdim=True)
        attention = (x @ self.queries).float().masked_fill(~there[..., None], -1e4).softmax(1)
        pooled = attention.to(x.dtype).transpose(1, 2) @ x
        scores, start = [], 0
        for task in TASKS:
            own = pooled[:, start : start + ATTENTIONS[task]].flatten(1)
            start += ATTENTIONS[task]
            seen = functional.dropout(torch.cat([own, mean], -1), recipe.drop, self.training)
            scores.append(self.out[task](seen))
        return torch.cat(scores, -1), self.cue(x)[..., 0], mean


class Trainer:
    """Holds a network and its pieces; `fit`, `scores` and `save`."""

    def __init__(self, texts: Sequence[str], recipe: Recipe) -> None:
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
        self.net = Net(start, kept, recipe)

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
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        there = torch.tensor([[True] * len(row) + [False] * (longest - len(row)) for row in rows])
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
        new = ("queries", "out", "cue")
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
            ids, there, cue = self.batch(chosen, noisy=True)
            with torch.autocast("cpu", torch.bfloat16):
                scores, found, _ = self.net(ids, there)
            loss = self.loss(chosen, scores.float(), found.float(), cue, there, safety)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
            optimizer.step()
        self.net.eval()

    def _batches(self, messages: Sequence[Message], rounds: int) -> Iterator[list[Message]]:
        """Batches of about equally long messages, shuffled anew each time round."""
        size = self.recipe.batch
        for _ in range(rounds):
            order = list(messages)
            self.random.shuffle(order)
            batches = []
            for start in range(0, len(order), size * 16):
                group = sorted(order[start : start + size * 16], key=lambda m: len(m.text))
                batches += [group[k : k + size] for k in range(0, len(group), size)]
            self.random.shuffle(batches)
            yield from batches

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
        from onnxruntime.quantization import QuantType, quantize_dynamic

        lines = [f"{p} {c}\n" for p, c in zip(self.names, self.chances, strict=True)]
        (home / "pieces.txt").write_text("".join(lines), encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            whole = str(Path(folder, "whole.onnx"))
            torch.onnx.export(
                _Single(self.net.eval()),
                (torch.tensor([[encoder.START, 3, 4, 5, encoder.END]]),),
                whole,
                input_names=["pieces"],
                output_names=["scores", "cue", "vector"],
                dynamic_axes={"pieces": {1: "length"}, "cue": {1: "length"}},
                opset_version=17,
                dynamo=False,
            )
            quantize_dynamic(
                whole,
                str(home / "network.onnx"),
                weight_type=QuantType.QInt8,
                per_channel=True,
                # Processors without 8-bit dot products would overflow with all eight bits, and
                # read otherwise than this machine does.
                reduce_range=True,
            )


def _within(piece: Piece, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < piece.end and piece.start < end for start, end in spans)


class _Single(nn.Module):
    """The network for one message, in as few steps as it can be said: without a batch or an end."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        net = self.net
        x = net.norm(net.table(rows[0]) + net.places[: rows.shape[1]])
        width = x.shape[-1]
        for layer in net.layers:
            asked = layer.asked(x).view(-1, 3 * layer.heads, width // layer.heads)
            query, key, value = asked.transpose(0, 1).split(layer.heads)
            share = (query @ key.transpose(1, 2) * query.shape[-1] ** -0.5).softmax(-1)
            x = layer.norm(x + layer.joined((share @ value).transpose(0, 1).reshape(-1, width)))
            x = layer.out_norm(x + layer.narrow(functional.gelu(layer.widen(x))))
        mean = x.mean(0)
        pooled = (x @ net.queries).softmax(0).T @ x
        scores, start = [], 0
        for task in TASKS:
            own = pooled[start : start + ATTENTIONS[task]].flatten()
            start += ATTENTIONS[task]
            scores.append(net.out[task](torch.cat([own, mean])))
        return torch.cat(scores)[None], net.cue(x)[None, :, 0], mean[None]
