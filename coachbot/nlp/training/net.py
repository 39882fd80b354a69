"""The network of `encoder.Encoder` in torch, and how it is written for ONNX Runtime."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from coachbot.nlp import encoder
from coachbot.nlp.heads import TASKS
from coachbot.nlp.training.e5 import E5

#: Attention heads a task; the emotions have one for each, so that each shows its own words.
ATTENTIONS = {task: len(labels) if task == "emotions" else 2 for task, labels in TASKS.items()}
EPSILON = 1e-12
#: Tags are read after this layer: those above are left to what a message means.
TAG_LAYER = 6


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
    #: What a batch of tagged sentences weighs beside one of messages.
    tag_weight: float = 2.0
    seed: int = 1


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
        found = self.out_norm(x + functional.dropout(found, drop, self.training))
        return found


def _norm(start: E5, name: str) -> nn.LayerNorm:
    layer = nn.LayerNorm(start.sizes.width, eps=EPSILON)
    layer.weight.data = torch.tensor(start.floats(f"{name}.w"))
    layer.bias.data = torch.tensor(start.floats(f"{name}.b"))
    return layer


class Net(nn.Module):
    """Layers, then an attention and a linear layer for each task, and a cue score a piece."""

    def __init__(self, start: E5, kept: list[int], tags: int, recipe: Recipe) -> None:
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
        self.tag = nn.Linear(width, tags)

    def tags(self, rows: Tensor, there: Tensor) -> Tensor:
        """(batch, pieces) -> a score for each tag (batch, pieces, tags)."""
        scores: Tensor = self.tag(self.layered(rows, there, TAG_LAYER))
        return scores

    def layered(self, rows: Tensor, there: Tensor, layers: int | None = None) -> Tensor:
        """(batch, pieces) -> what the first `layers` layers make of it (batch, pieces, width)."""
        drop = self.recipe.drop_inside
        x = self.norm(self.table(rows) + self.places[: rows.shape[1]])
        x = functional.dropout(x, drop, self.training)
        for layer in self.layers[:layers]:
            x = layer(x, there, drop)
        return x

    def forward(self, rows: Tensor, there: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(batch, pieces) -> scores (batch, WIDTH), cue (batch, pieces), vector (batch, width)."""
        recipe = self.recipe
        x = self.layered(rows, there)
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


def write(net: Net, path: Path) -> None:
    """The network for one message, with weights of 8 bits (7 of them used: see below)."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        whole = str(Path(folder, "whole.onnx"))
        torch.onnx.export(
            _Single(net),
            (torch.tensor([[encoder.START, 3, 4, 5, encoder.END]]),),
            whole,
            input_names=["pieces"],
            output_names=["scores", "cue", "vector", "tags"],
            dynamic_axes={
                "pieces": {1: "length"},
                "cue": {1: "length"},
                "tags": {1: "length"},
            },
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            whole,
            str(path),
            weight_type=QuantType.QInt8,
            per_channel=True,
            # Processors without 8-bit dot products would overflow with all eight bits, and
            # read otherwise than this machine does.
            reduce_range=True,
        )


class _Single(nn.Module):
    """The network for one message, in as few steps as it can be said: without a batch or an end."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        net = self.net
        x = net.norm(net.table(rows[0]) + net.places[: rows.shape[1]])
        width = x.shape[-1]
        for number, layer in enumerate(net.layers, 1):
            asked = layer.asked(x).view(-1, 3 * layer.heads, width // layer.heads)
            query, key, value = asked.transpose(0, 1).split(layer.heads)
            share = (query @ key.transpose(1, 2) * query.shape[-1] ** -0.5).softmax(-1)
            x = layer.norm(x + layer.joined((share @ value).transpose(0, 1).reshape(-1, width)))
            x = layer.out_norm(x + layer.narrow(functional.gelu(layer.widen(x))))
            if number == TAG_LAYER:
                found = net.tag(x)
        mean = x.mean(0)
        pooled = (x @ net.queries).softmax(0).T @ x
        scores, start = [], 0
        for task in TASKS:
            own = pooled[start : start + ATTENTIONS[task]].flatten()
            start += ATTENTIONS[task]
            scores.append(net.out[task](torch.cat([own, mean])))
        return torch.cat(scores)[None], net.cue(x)[None, :, 0], mean[None], found[None]
