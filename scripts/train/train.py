"""Trains the bundled teacher and student and writes them to public/models. One command, see docs/models.md:

    npm run build:models

1. a tokenizer on the corpus' words
2. both vision towers: what stands in each cell; frozen from there on
3. both decoders on words alone: descriptions in place of images; the student's learns to answer, the teacher's all roles
4. the teacher on images, in its three roles
5. the same twice more, longer and with every lesson counting alike, however short its answer
A student's connector stays as it was initialised: aligning it is the app's stage 1.

Every phase is saved under build/models and skipped when it is there; one that was cut off goes on where it was. The same seed gives
the same models on one machine.
"""

import argparse
import math
import os
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from tokenizers import Tokenizer

from corpus import IGNORE, Pack, Packer, Part, collate
from models import IMAGE_TOKENS, SHAPES, build, features, pixels, train_tokenizer, write_checkpoint
from measure import measure

SAVED = "build/models"
STUDENTS = ("student", "student-small", "student-large")
STEPS = {
    "tower": {"teacher": 3500, "student": 4500},
    "words": {"teacher": 1300, "student": 9000, "student-small": 4000, "student-large": 2000},
    "roles": 2400,
    "again": (4400, 2600),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", help="run one tower or words phase (tower-teacher, ...), so that several can run side by side")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the steps, to try the script out")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    os.makedirs(SAVED, exist_ok=True)
    part = Part("train")
    tokenizer = tokenizer_of(part)
    packer = Packer(tokenizer, IMAGE_TOKENS)
    models = {}
    for name, shape in SHAPES.items():
        torch.manual_seed(1)
        models[name] = build(shape)
        print(name, sum(p.numel() for p in models[name].parameters()), "parameters", flush=True)
    scaled = lambda steps: max(1, int(steps * args.scale))
    for name, model in models.items():
        tower = name.split("-")[0]
        if args.only in (None, f"tower-{name}", f"words-{name}") and name == tower:
            phase(f"tower-{tower}", model.model.vision_tower, lambda: teach_tower(model, part, scaled(STEPS["tower"][tower])))
        if args.only in (None, f"words-{name}"):
            phase(f"words-{name}", model.model.language_model, lambda: teach_words(model, part, packer, name, scaled(STEPS["words"][name])))
    if args.only in (None, "students"):
        for name in STUDENTS:
            models[name].model.vision_tower.load_state_dict(torch.load(f"{SAVED}/tower-student.pt"))
            models[name].model.language_model.load_state_dict(torch.load(f"{SAVED}/words-{name}.pt"))
            write_checkpoint(models[name], tokenizer, f"public/models/emoji-{name}", shards=2)
    if args.only not in (None, "teacher"):
        return
    teacher = models["teacher"]
    phase("roles-teacher", teacher, lambda: teach_roles(teacher, part, packer, scaled(STEPS["roles"])))
    for turn, steps in enumerate(STEPS["again"], 1):
        phase(f"again-{turn}-teacher", teacher, lambda: teach_roles_again(teacher, part, packer, turn, scaled(steps)))
    write_checkpoint(teacher, tokenizer, "public/models/emoji-teacher", shards=3)
    for name in ("test", "style"):
        measure(teacher.half().float(), Part(name), packer, tokenizer, name)


def tokenizer_of(part):
    """The tokenizer that is shared by all: as an earlier run has left it, or trained on the corpus' words."""
    path = f"{SAVED}/tokenizer.json"
    if not os.path.exists(path):
        train_tokenizer(text for scene in part.scenes for text in texts_of(scene)).save(path)
    return Tokenizer.from_file(path)


def texts_of(scene):
    yield scene["description"]
    for _, prompt, target in scene["lessons"]:
        yield f"USER: \n{prompt} ASSISTANT: {target}"


def phase(name, taught, teach):
    """Runs a phase and keeps the module that it taught, or takes up what an earlier run of it left."""
    path = f"{SAVED}/{name}.pt"
    if os.path.exists(path):
        taught.load_state_dict(torch.load(path))
        return
    started = time.time()
    teach()
    torch.save(taught.state_dict(), path)
    print(f"{name}: {time.time() - started:.0f} s", flush=True)


def optimize(name, parameters, steps, rate, loss_of):
    """AdamW, cosine with 5 % warm-up, clipped at 1. What is drawn for a step depends on the step alone, so that it can go on anywhere."""
    parameters = list(parameters)
    optimizer = torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    warm = max(1, steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / warm, 0.5 * (1 + math.cos(math.pi * s / steps)) + 0.01))
    path = f"{SAVED}/{name.replace(' ', '-')}.part"
    begin = restored(path, parameters, optimizer, schedule)
    started, seen = time.time(), []
    for step in range(begin, steps):
        loss = loss_of(step)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        schedule.step()
        seen.append(loss.item())
        if step % 50 == 49:
            left = (time.time() - started) / (step + 1 - begin) * (steps - step - 1)
            print(f"{name} {step + 1}/{steps} loss {np.mean(seen[-50:]):.4f}, {left:.0f} s left", flush=True)
        if step % 200 == 199:
            save(path, step + 1, parameters, optimizer, schedule)
    if os.path.exists(path):
        os.remove(path)


def save(path, step, parameters, optimizer, schedule):
    state = {"step": step, "parameters": [p.data for p in parameters], "optimizer": optimizer.state_dict(), "schedule": schedule.last_epoch}
    torch.save(state, f"{path}.new")
    os.replace(f"{path}.new", path)


def restored(path, parameters, optimizer, schedule):
    """Puts what `save` has left back, and gives the step to go on with."""
    if not os.path.exists(path):
        return 0
    state = torch.load(path)
    for parameter, kept in zip(parameters, state["parameters"]):
        parameter.data.copy_(kept)
    optimizer.load_state_dict(state["optimizer"])
    schedule.last_epoch = state["schedule"]
    return state["step"]


def teach_tower(model, part, steps, batch=64):
    """Each patch names what stands in its cell and its colour; patches of one cell share a target."""
    width = model.config.vision_config.hidden_size
    colours = sorted({colour for scene in part.scenes for _, colour in scene["cells"]})
    emoji = torch.tensor([[cell for cell, _ in scene["cells"]] for scene in part.scenes])
    colour = torch.tensor([[colours.index(c) for _, c in scene["cells"]] for scene in part.scenes])
    side = int(IMAGE_TOKENS**0.5)
    cell_of = torch.tensor([2 * (row // (side // 2)) + column // (side // 2) for row in range(side) for column in range(side)])
    heads = nn.ModuleList([nn.Linear(width, int(emoji.max()) + 1), nn.Linear(width, len(colours))])

    def loss_of(step):
        draw = np.random.default_rng((2, step))
        at = np.sort(draw.integers(0, len(part), batch))
        images, stands = zoomed(pixels(part.images[at]), torch.stack([emoji[at], colour[at]], -1), draw)
        seen = features(model, varied(images, draw))
        return sum(F.cross_entropy(head(seen).flatten(0, 1), stands[:, cell_of, i].flatten()) for i, head in enumerate(heads))

    parameters = [*model.model.vision_tower.parameters(), *heads.parameters()]
    optimize(f"tower of width {width}", parameters, steps, 1.5e-3, loss_of)
    for name, scenes in (("train", part), ("test", Part("test"))):
        print(f"tower of width {width} names {100 * named(model, heads[0], scenes, cell_of):.1f} % of the cells of {name}", flush=True)


@torch.no_grad()
def named(model, head, part, cell_of, most=600):
    """Share of the cells of `part`'s last scenes whose emoji the head names, going by all patches of the cell."""
    right = []
    for i in range(max(0, len(part) - most), len(part)):
        scores = head(features(model, pixels(part.images[i:i + 1])))[0].log_softmax(-1)
        cells = torch.stack([scores[cell_of == cell].sum(0) for cell in range(4)]).argmax(-1)
        right += [int(guess) == cell for guess, (cell, _) in zip(cells, part.scenes[i]["cells"])]
    return np.mean(right)


def zoomed(images, stands, draw, share=0.35):
    """For a share of the images one of their cells fills all of it, as if drawn big. A fifth of all emoji is never drawn big in a
    given style here, since those are test compositions: the tower is to know a big one by the small one. What is enlarged is
    blurred, so half of the others are too. `stands` int [batch, 4, 2]: emoji and colour of each cell; 0 is an empty one."""
    images, stands = images.clone(), stands.clone()
    half = images.shape[-1] // 2
    for i, cells in enumerate(stands):
        filled = [c for c in range(4) if cells[c, 0] > 0]
        small = len({tuple(cell.tolist()) for cell in cells}) > 1
        mode = "bilinear" if draw.random() < 0.5 else "bicubic"
        enlarged = lambda x: F.interpolate(x[None], scale_factor=2, mode=mode)[0]
        if small and draw.random() < share:
            cell = filled[draw.integers(len(filled))]
            top, left = half * (cell // 2), half * (cell % 2)
            images[i] = enlarged(images[i, :, top:top + half, left:left + half])
            stands[i] = cells[cell].clone()
        elif not small and draw.random() < 0.5:
            images[i] = enlarged(F.avg_pool2d(images[i], 2))
    return images, stands


def varied(x, draw):
    """Light and contrast vary, so that the tower does not lean on exact colours."""
    gain = torch.tensor(draw.uniform(0.85, 1.15, (len(x), 3, 1, 1)), dtype=torch.float32)
    shift = torch.tensor(draw.uniform(-0.15, 0.15, (len(x), 3, 1, 1)), dtype=torch.float32)
    return x * gain + shift


def teach_words(model, part, packer, role, steps, batch=24):
    """The decoder alone. The teacher's learns its three roles, a student's to answer and to caption."""

    def pack(i, draw):
        scene = part.scenes[i]
        if role in STUDENTS and draw.random() < 0.3:
            return packer.caption(scene)
        return packer.pack(scene, lessons_of(scene, draw, role), seen=False)

    def loss_of(step):
        draw = np.random.default_rng((3, step))
        batch_of = [pack(i, draw) for i in draw.integers(0, len(part), batch)]
        ids, labels, positions, mask = collate(batch_of)
        return token_loss(model, model.model.language_model.embed_tokens(ids), labels, positions, mask)

    rate = 2e-3 if role in STUDENTS else 1.5e-3
    optimize(f"words {role}", model.model.language_model.parameters(), steps, rate, loss_of)


def teach_roles(model, part, packer, steps, batch=24):
    """The teacher's connector and decoder on images, once through the corpus."""
    lessons = lambda scene, draw: lessons_of(scene, draw, "teacher")
    optimize("roles", without_tower(model), steps, 1.2e-3, roles_loss(model, part, packer, 4, batch, 1, lessons))


def teach_roles_again(model, part, packer, turn, steps, batch=16):
    """The same with more lessons to an image, all of like weight: one word is as much worth getting right as a caption.
    The second turn marks more."""
    lessons = lambda scene, draw: some(scene, draw, {"answer": 7, "assess": 2 if turn == 1 else 4, "augment": 2})
    optimize(f"again {turn}", without_tower(model), steps, 1e-3, roles_loss(model, part, packer, 4 + turn, batch, 0, lessons))


def without_tower(model):
    """The parameters of connector and decoder; the tower is frozen."""
    model.model.vision_tower.requires_grad_(False)
    return [p for p in model.parameters() if p.requires_grad]


def roles_loss(model, part, packer, seed, batch, by_token, lessons):
    """The loss of a step over `batch` scenes; `by_token`: 1 counts tokens alike, 0 lessons alike."""
    order = np.random.default_rng(seed).permutation(len(part))

    def loss_of(step):
        draw = np.random.default_rng((seed, step))
        at = np.sort(np.take(order, np.arange(step * batch, (step + 1) * batch), mode="wrap"))
        packs: list[Pack] = [packer.pack(part.scenes[i], lessons(part.scenes[i], draw), seen=True) for i in at]
        ids, labels, positions, mask = collate(packs)
        with torch.no_grad():
            patches = features(model, varied(pixels(part.images[at]), draw))
        image = model.model.multi_modal_projector(patches)
        embedded = model.model.language_model.embed_tokens(ids)
        start = packs[0].ids.index(model.config.image_token_index)
        embedded = torch.cat([embedded[:, :start], image, embedded[:, start + IMAGE_TOKENS:]], 1)
        return token_loss(model, embedded, labels, positions, mask, None if by_token else weights_of(packs, labels))

    return loss_of


def weights_of(packs, labels):
    """For every token one over the number of tokens that its lesson is learned on."""
    weights = torch.zeros(labels.shape)
    for row, pack in enumerate(packs):
        segments = torch.tensor(pack.segments)
        learned = labels[row, : len(segments)] != IGNORE
        counts = torch.bincount(segments[learned], minlength=int(segments.max()) + 1).clamp(min=1)
        weights[row, : len(segments)] = learned / counts[segments]
    return weights


def lessons_of(scene, draw, role):
    """Some of a scene's lessons: six answers for a student; three, and one of each other role, for the teacher."""
    return some(scene, draw, {"answer": 6} if role in STUDENTS else {"answer": 3, "assess": 1, "augment": 1})


def some(scene, draw, wanted):
    by = {r: [lesson for lesson in scene["lessons"] if lesson[0] == r] for r in wanted}
    return [by[r][i] for r, n in wanted.items() for i in draw.permutation(len(by[r]))[:n]]


def token_loss(model, embedded, labels, positions, mask, weights=None):
    # Products in bfloat16 take half of the time; parameters, softmax and loss stay in float32.
    with torch.autocast("cpu", torch.bfloat16):
        hidden = model.model.language_model(inputs_embeds=embedded, attention_mask=mask, position_ids=positions, use_cache=False).last_hidden_state
        wanted = labels[:, 1:] != IGNORE
        # A lesson's first target is predicted by its own last prompt token, which stands right before it.
        logits = model.lm_head(hidden[:, :-1][wanted])
    if weights is None:
        return F.cross_entropy(logits.float(), labels[:, 1:][wanted])
    each = F.cross_entropy(logits.float(), labels[:, 1:][wanted], reduction="none")
    share = weights[:, 1:][wanted]
    return (each * share).sum() / share.sum()


if __name__ == "__main__":
    main()
