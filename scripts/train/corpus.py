"""Reads what scripts/build-corpus.ts wrote, and packs lessons about one scene into one sequence.

A pack is a prefix (the image's tokens, or its description in words) followed by lessons that each see the prefix and
themselves, so that the prefix is computed once. It is not a sampler: what a lesson says was drawn by the app's generator.
"""

import json
from dataclasses import dataclass

import numpy as np
import torch

PAD, BOS, EOS, IMAGE = 0, 1, 2, 3
SPECIALS = ["<pad>", "<s>", "</s>", "<image>"]
IGNORE = -100


class Part:
    """One part of the corpus: images uint8 [scenes, 64, 64, 3], and a dictionary a scene."""

    def __init__(self, name, folder="build/corpus"):
        with open(f"{folder}/{name}.jsonl") as file:
            self.scenes = [json.loads(line) for line in file]
        self.images = np.memmap(f"{folder}/{name}.u8", np.uint8, "r").reshape(-1, 64, 64, 3)

    def __len__(self):
        return len(self.scenes)


@dataclass
class Pack:
    """Token ids, labels (IGNORE where nothing is learned) and segment numbers (0 is the prefix) of one scene."""

    ids: list
    labels: list
    segments: list


class Packer:
    def __init__(self, tokenizer, image_tokens):
        self.encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
        self.image_tokens = image_tokens

    def prefix(self, scene, seen):
        """The turn's opening: with the image where `seen`, else with the description, which is then learned too."""
        opening, line = [BOS, *self.encode("USER: ")], self.encode("\n")
        if seen:
            ids = opening + [IMAGE] * self.image_tokens + line
            return Pack(ids, [IGNORE] * len(ids), [0] * len(ids))
        words = self.encode(scene["description"])
        ids = opening + words + line
        return Pack(ids, [IGNORE] * len(opening) + words + line, [0] * len(ids))

    def pack(self, scene, lessons, seen):
        pack = self.prefix(scene, seen)
        for segment, (_, prompt, target) in enumerate(lessons, 1):
            asked = self.encode(f"{prompt} ASSISTANT:")
            said = [*self.encode(f" {target}"), EOS]
            pack.ids += asked + said
            pack.labels += [IGNORE] * len(asked) + said
            pack.segments += [segment] * (len(asked) + len(said))
        return pack

    def caption(self, scene):
        """Stage 1's plain template in words alone: a caption and its end."""
        ids = [*self.encode(scene["caption"]), EOS]
        return Pack(ids, list(ids), [0] * len(ids))


def collate(packs):
    """ids, labels, positions [batch, tokens] and an additive mask [batch, 1, tokens, tokens]."""
    longest = max(len(p.ids) for p in packs)
    ids = torch.full((len(packs), longest), PAD)
    labels = torch.full((len(packs), longest), IGNORE)
    segments = torch.full((len(packs), longest), -1)
    positions = torch.zeros((len(packs), longest), dtype=torch.long)
    for row, p in enumerate(packs):
        n = len(p.ids)
        ids[row, :n] = torch.tensor(p.ids)
        labels[row, :n] = torch.tensor(p.labels)
        segments[row, :n] = torch.tensor(p.segments)
        positions[row, :n] = positions_of(p.segments)
    same = (segments[:, :, None] == segments[:, None, :]) | (segments[:, None, :] == 0)
    causal = torch.ones(longest, longest, dtype=torch.bool).tril()
    allowed = same & causal
    mask = torch.zeros(allowed.shape).masked_fill(~allowed, -1e9)[:, None]
    return ids, labels, positions, mask


def positions_of(segments):
    """Every lesson goes on counting where the prefix ends."""
    segments = torch.tensor(segments)
    prefix = int((segments == 0).sum())
    positions = torch.arange(len(segments))
    for segment in range(1, int(segments.max()) + 1):
        at = (segments == segment).nonzero()[:, 0]
        positions[at] = prefix + torch.arange(len(at))
    return positions
