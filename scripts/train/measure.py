"""Measures a model in the teacher's three roles on a part of the corpus, greedily, and prints a table."""

import re
from collections import defaultdict

import torch

from corpus import EOS, PAD
from models import features, pixels


@torch.no_grad()
def measure(model, part, packer, tokenizer, title, batch=50):
    model.eval()
    right = defaultdict(list)
    for role, index in (("answer", 0), ("answer", 1), ("assess", 0), ("assess", 1), ("augment", 0)):
        for start in range(0, len(part), batch):
            scenes = part.scenes[start:start + batch]
            lessons = [[lesson for lesson in scene["lessons"] if lesson[0] == role][index] for scene in scenes]
            said = continue_all(model, packer, tokenizer, part.images[start:start + batch], scenes, [lesson[1] for lesson in lessons])
            for scene, lesson, text in zip(scenes, lessons, said):
                note(right, role, scene, lesson, text)
    for key in sorted(right):
        print(f"{title} {key}: {100 * sum(right[key]) / len(right[key]):.1f} % of {len(right[key])}", flush=True)
    model.train()


def note(right, role, scene, lesson, text):
    _, prompt, target = lesson
    if role == "answer":
        right["answer"].append(text == target)
    elif role == "augment":
        right["augment: answerable"].append(text in scene["answerable"])
        right["augment: not the seed"].append(text != prompt.split(": ", 1)[-1])
    else:
        given, wanted = marks(text), marks(target)
        right["assess: both marks within 1"].append(given is not None and all(abs(g - w) <= 1 for g, w in zip(given, wanted)))
        if (wanted[0] == 10) != (wanted[1] == 10):
            right["assess: prefers the right one"].append(given is not None and (given[0] > given[1]) == (wanted[0] > wanted[1]) and given[0] != given[1])


def marks(text):
    found = re.findall(r"score [AB]: (\d+)", text)
    return [int(mark) for mark in found] if len(found) == 2 else None


def continue_all(model, packer, tokenizer, images, scenes, prompts, longest=60):
    """Greedy continuations; prompts are padded on the left and masked."""
    seen = model.model.multi_modal_projector(features(model, pixels(images)))
    embed = model.model.language_model.embed_tokens
    rows = [packer.prefix(scene, True).ids + packer.encode(f"{prompt} ASSISTANT:") for scene, prompt in zip(scenes, prompts)]
    width = max(map(len, rows))
    ids = torch.tensor([[PAD] * (width - len(row)) + row for row in rows])
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
    inputs = embed(ids)
    inputs[ids == model.config.image_token_index] = seen.flatten(0, 1)
    cache, said = None, []
    for _ in range(longest):
        positions = mask.cumsum(1) - 1
        out = model.model.language_model(inputs_embeds=inputs, attention_mask=mask, past_key_values=cache, use_cache=True,
                                         position_ids=positions[:, -inputs.shape[1]:].clamp(min=0))
        cache = out.past_key_values
        next_id = model.lm_head(out.last_hidden_state[:, -1]).argmax(-1)
        said.append(next_id)
        if bool((torch.stack(said, 1) == EOS).any(1).all()):
            break
        inputs = embed(next_id)[:, None]
        mask = torch.cat([mask, torch.ones(len(mask), 1, dtype=mask.dtype)], 1)
    return [tokenizer.decode(until_end(row)).strip() for row in torch.stack(said, 1).tolist()]


def until_end(row):
    return row[: row.index(EOS)] if EOS in row else row
