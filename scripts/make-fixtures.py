"""Writes the tiny checkpoints that tests compare our numbers with: random weights, and what transformers makes of them.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 transformers==5.23.0 pillow==12.3.0
    .venv/bin/python scripts/make-fixtures.py

Each folder of test/fixtures holds a checkpoint and `expected.json`: the image, its preprocessed pixels, token ids,
logits at every position, loss, some gradients, a greedy continuation. `llava-tiny` is what transformers 5 saves
(tied head, two F32 shards); `llava-tiny-f16` has the names and files of transformers 4.5x (untied head, one F16
file). `preprocess.json` holds images of odd sizes as CLIPImageProcessor preprocesses them; Pillow stays below 13,
which began to resample columns before rows for some sizes. The same versions write the same bytes.
"""

import base64
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    CLIPImageProcessorPil,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

FIXTURES = Path(__file__).parent.parent / "test" / "fixtures"
SPECIALS = ["<pad>", "<s>", "</s>", "<image>"]
PAD, BOS, EOS, IMAGE = range(4)
VOCABULARY = 64
CORPUS = ["USER: what is this? ASSISTANT: a red apple.", "how many cats are there? two cats", "USER: name it ASSISTANT: the hat"]
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}USER: "
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>\n{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %} ASSISTANT:{% endif %}{% endif %}{% endfor %}"
)
INSTRUCTION = "what is this?"
ANSWER = "a red hat"
GRADIENTS = [
    "model.multi_modal_projector.linear_1.weight",
    "model.multi_modal_projector.linear_2.bias",
    "model.language_model.layers.0.self_attn.q_proj.weight",
    "model.language_model.layers.1.mlp.down_proj.weight",
    "model.language_model.layers.1.input_layernorm.weight",
    "model.language_model.embed_tokens.weight",
]


def main():
    tokenizer = make_tokenizer()
    for name, write in {"llava-tiny": write_new, "llava-tiny-f16": write_old}.items():
        folder = FIXTURES / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        model = write(folder, tokenizer)
        processor = LlavaProcessor.from_pretrained(folder)
        (folder / "expected.json").write_text(compact(expected(model, processor)))
    (FIXTURES / "preprocess.json").write_text(compact([preprocessed(*case) for case in preprocess_cases()]))


def make_tokenizer():
    """A byte-level BPE of 64 tokens whose alphabet is only the bytes of its corpus, the newline and the digits."""
    engine = Tokenizer(models.BPE())
    engine.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    engine.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=SPECIALS, initial_alphabet=["Ċ", *"0123456789"], show_progress=False)
    engine.train_from_iterator(CORPUS, trainer)
    assert engine.get_vocab_size() == VOCABULARY
    return PreTrainedTokenizerFast(
        tokenizer_object=engine, bos_token="<s>", eos_token="</s>", pad_token="<pad>",
        extra_special_tokens={"image_token": "<image>"}, chat_template=TEMPLATE, model_max_length=128,
    )


def make_model(seed, tied, head_dim):
    text = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=head_dim, max_position_embeddings=128, rms_norm_eps=1e-5,
        bos_token_id=BOS, eos_token_id=EOS, pad_token_id=PAD, tie_word_embeddings=tied,
    )
    vision = CLIPVisionConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=16, patch_size=8, projection_dim=16,
    )
    config = LlavaConfig(vision_config=vision, text_config=text, image_token_index=IMAGE, image_seq_length=4, tie_word_embeddings=tied)
    model = LlavaForConditionalGeneration(config).eval()
    # Wider than any real initialisation, so that a wrong sign or a missing term shows.
    generator = torch.Generator().manual_seed(seed)
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=generator)
        weight.data = 1 + 0.2 * noise if name.endswith(("norm.weight", "layrnorm.weight", "norm1.weight", "norm2.weight")) else 0.4 * noise
    model.tie_weights()
    return model


def write_new(folder, tokenizer):
    model = make_model(seed=34, tied=True, head_dim=4)
    model.save_pretrained(folder, max_shard_size="40KB")
    (folder / "generation_config.json").unlink()
    LlavaProcessor(clip_processor(), tokenizer, patch_size=8, vision_feature_select_strategy="default", num_additional_image_tokens=1).save_pretrained(folder)
    return model


def write_old(folder, tokenizer):
    model = make_model(seed=2, tied=False, head_dim=8)
    # What the file holds; `model.half()` would round the rotary frequencies too, which no file does.
    for weight in model.parameters():
        weight.data = weight.data.half().float()
    save_file({old_name(k): v.half().contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors", metadata={"format": "pt"})
    config = model.config.to_dict()
    config["torch_dtype"] = "float16"
    config["text_config"]["rope_theta"] = config["text_config"].pop("rope_parameters")["rope_theta"]
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True))
    tokenizer.save_pretrained(folder)
    (folder / "chat_template.jinja").unlink()
    saved = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**saved, "chat_template": TEMPLATE}, indent=2))
    clip_processor().save_pretrained(folder)
    (folder / "processor_config.json").write_text(json.dumps({
        "processor_class": "LlavaProcessor", "patch_size": 8, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1,
    }))
    return model


def old_name(name):
    """transformers 4.52 to 4.57 wrote the tower with its inner `vision_model`."""
    return name.replace("model.vision_tower.", "model.vision_tower.vision_model.")


def clip_processor():
    return CLIPImageProcessorPil(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})


def expected(model, processor):
    tokenizer = processor.tokenizer
    picture = make_picture(16, 16, seed=3)
    pixels = processor.image_processor(picture, return_tensors="pt")["pixel_values"]
    content = [{"type": "image"}, {"type": "text", "text": INSTRUCTION}]
    prompt_text = tokenizer.apply_chat_template([{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True)
    prompt = tokenizer.encode(prompt_text, add_special_tokens=False)
    target = tokenizer.encode(" " + ANSWER, add_special_tokens=False) + [EOS]
    expanded = processor(images=picture, text=prompt_text, add_special_tokens=False)["input_ids"][0]
    ids = torch.tensor([list(expanded) + target])
    labels = torch.tensor([[-100] * len(expanded) + target])
    run = model(input_ids=ids, pixel_values=pixels, labels=labels)
    run.loss.backward()
    weights = dict(model.named_parameters())
    features = model.model.get_image_features(pixel_values=pixels)
    return {
        "image": encode_image(picture),
        "instruction": INSTRUCTION,
        "answer": ANSWER,
        "promptText": prompt_text,
        "pixelValues": listed(pixels[0].permute(1, 2, 0)),
        "promptIds": prompt,
        "targetIds": target,
        "inputIds": ids[0].tolist(),
        "labels": labels[0].tolist(),
        "visionHidden": listed(model.model.vision_tower(pixels, output_hidden_states=True).hidden_states[-2][0, 1:]),
        "imageTokens": listed(torch.cat(list(features.pooler_output)).reshape(4, -1)),
        "logits": listed(run.logits[0]),
        "loss": run.loss.item(),
        "gradients": {canonical(name): {"shape": list(weights[name].shape), "data": flat(weights[name].grad)} for name in GRADIENTS},
        "greedy": greedy(model, torch.tensor([list(expanded)]), pixels, 8),
    }


def greedy(model, ids, pixels, count):
    """Without a cache and without stopping at the end token, so that it is the plainest oracle."""
    made = []
    for _ in range(count):
        with torch.no_grad():
            logits = model(input_ids=ids, pixel_values=pixels).logits[0, -1]
        made.append(int(logits.argmax()))
        ids = torch.cat([ids, torch.tensor([[made[-1]]])], dim=1)
    return made


def canonical(name):
    return name.replace("model.multi_modal", "multi_modal").replace("model.language_model.", "language_model.model.")


def make_picture(width, height, seed):
    """Smooth colours with some noise: resampling errors show on both."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [128 + 100 * np.sin(x / (2 + c) + seed) * np.cos(y / (3 + c)) for c in range(3)]
    pixels = np.stack(waves, axis=-1) + random.normal(0, 25, (height, width, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def preprocess_cases():
    clip = {"size": {"shortest_edge": 16}, "crop_size": {"height": 16, "width": 16}}
    siglip = {"size": {"height": 14, "width": 14}, "do_center_crop": False, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    yield "a wide image shrunk and cropped", make_picture(53, 31, 4), clip
    yield "a tall image shrunk and cropped", make_picture(17, 40, 5), clip
    yield "a small image enlarged", make_picture(9, 7, 6), clip
    yield "an image of the right size", make_picture(16, 16, 7), clip
    yield "a squeezed square without a crop", make_picture(29, 11, 8), siglip
    yield "a bilinear shrink", make_picture(37, 23, 9), {**clip, "resample": 2}
    yield "a crop larger than the image", make_picture(21, 13, 10), {"size": {"shortest_edge": 11}, "crop_size": {"height": 16, "width": 16}}


def preprocessed(name, picture, config):
    processor = CLIPImageProcessorPil(**config)
    values = processor(picture, return_tensors="np")["pixel_values"][0].transpose(1, 2, 0)
    return {"name": name, "image": encode_image(picture), "config": json.loads(processor.to_json_string()), "pixelValues": listed(torch.tensor(values))}


def encode_image(picture):
    return {"width": picture.width, "height": picture.height, "rgba": base64.b64encode(picture.convert("RGBA").tobytes()).decode()}


def flat(tensor):
    return [float(f"{value:.7g}") for value in tensor.detach().flatten().tolist()]


def listed(tensor):
    return {"shape": list(tensor.shape), "data": flat(tensor)}


def compact(value):
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
