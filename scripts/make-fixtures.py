"""Writes the tiny checkpoints that tests compare our numbers with: random weights, and what transformers makes of them.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 transformers==5.23.0 peft==0.21.2 pillow==13.0.0
    .venv/bin/python scripts/make-fixtures.py [NAME ...]

Each folder of test/fixtures holds a checkpoint and `expected.json`, and where it has further prompts `expected-*.json`:

    images        {width, height, rgba}, the bytes as base64
    instruction, answer, promptText: one user turn, the images before the instruction, through the chat template
    inputIds      of the prompt, images expanded, as processor or tokenizer give them
    targetIds     of the answer by itself (a space before it unless the prompt ends in one), and the end token
    pixelValues   [images or tiles, 3, height, width]; rows and cols of each image's tiles, 0 where it is not split
    imageTokens   [tokens, hidden], what the connector makes of all images
    logits        [prompt + targets, vocabulary]
    loss          mean over the targets, in nats
    gradients     of that loss, by the tensor's name in its file, as stored
    greedy        eight tokens that go on from the prompt

An array is {shape, f32}, its numbers as base64, little-endian, row by row. A tower has `hiddenStates` (after the
embeddings and after each layer), `lastHiddenState` (what the model itself returns) and `normed` (the last of the hidden
states after the tower's last norm). An adapter's `base` is the folder that it belongs to, and its gradients are the
adapter's. Everything is computed in F32 from the files, and compared with the model that they were saved from.

`llava-tiny` and `llava-tiny-f16` came first and list their numbers instead: `image`, `pixelValues` as [height, width, 3],
`promptIds` not expanded, `inputIds` with the targets, `labels`, `visionHidden`. `preprocess.json` has what
CLIPImageProcessor makes of images of odd sizes, likewise; `preprocess-families.json` what each family's does, in the
format above. Pillow 13 resamples columns before rows for some sizes, which releases before it did not.

The same versions write the same checkpoints and pixels; the last digits of what is computed differ between processors.
"""

import shutil
import sys
from pathlib import Path

import torch

from fixtures import adapters, decoders, idefics3, llava, llava_tiny, preprocess, towers

FIXTURES = Path(__file__).parent.parent / "test" / "fixtures"
FOLDERS = {
    "llava-tiny": llava_tiny.write_llava_tiny,
    "llava-tiny-f16": llava_tiny.write_llava_tiny_f16,
    "llava-siglip-qwen2": llava.write_siglip_qwen2,
    "llava-siglip-mistral": llava.write_siglip_mistral,
    "llava-clip-full": llava.write_clip_full,
    "llava-clip-layers": llava.write_clip_layers,
    "idefics3": idefics3.write_idefics3,
    "smolvlm": idefics3.write_smolvlm,
    "llama3": decoders.write_llama3,
    "llama-linear": decoders.write_llama_linear,
    "qwen2": decoders.write_qwen2,
    "mistral": decoders.write_mistral,
    "clip-vision": towers.write_clip_vision,
    "siglip-vision": towers.write_siglip_vision,
    "clip": towers.write_clip,
    "siglip": towers.write_siglip,
    "peft-llava-tiny": adapters.write_llava_tiny,
    "peft-llava-tiny-connector": adapters.write_llava_tiny_connector,
    "peft-llama3": adapters.write_llama3,
}
FILES = {"preprocess.json": preprocess.write_clip, "preprocess-families.json": preprocess.write_families}


def main(names):
    for name in names or [*FOLDERS, *FILES]:
        if name in FILES:
            FILES[name](FIXTURES / name)
            continue
        folder = FIXTURES / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        FOLDERS[name](folder)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(sys.argv[1:])
