"""The shapes of the bundled models, and how they are written as Hugging Face checkpoints."""

import hashlib
import json
import os

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

from corpus import BOS, EOS, IMAGE, PAD, SPECIALS

IMAGE_SIZE, PATCH = 64, 16
IMAGE_TOKENS = (IMAGE_SIZE // PATCH) ** 2
VOCABULARY = 1024
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]

SHAPES = {
    "teacher": {
        "vision": dict(hidden_size=160, intermediate_size=640, num_hidden_layers=4, num_attention_heads=5),
        "text": dict(hidden_size=192, intermediate_size=512, num_hidden_layers=4, num_attention_heads=6,
                     num_key_value_heads=3, head_dim=32),
    },
    "student": {
        "vision": dict(hidden_size=96, intermediate_size=288, num_hidden_layers=3, num_attention_heads=3),
        "text": dict(hidden_size=96, intermediate_size=256, num_hidden_layers=3, num_attention_heads=4,
                     num_key_value_heads=2, head_dim=24),
    },
}
# Students of other sizes share the student's vision tower and differ in their decoder.
SHAPES["student-small"] = {
    "vision": SHAPES["student"]["vision"],
    "text": dict(hidden_size=64, intermediate_size=160, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=16),
}
SHAPES["student-large"] = {
    "vision": SHAPES["student"]["vision"],
    "text": dict(hidden_size=144, intermediate_size=384, num_hidden_layers=4, num_attention_heads=6, num_key_value_heads=3, head_dim=24),
}

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}USER: "
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>\n{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
    "{% else %} ASSISTANT: {% for part in message['content'] %}{{ part['text'] }}{% endfor %}{{ eos_token }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %} ASSISTANT:{% endif %}"
)


def build(shape):
    """A freshly initialised LLaVA model of that shape."""
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**shape["vision"], image_size=IMAGE_SIZE, patch_size=PATCH, projection_dim=64),
        text_config=LlamaConfig(**shape["text"], vocab_size=VOCABULARY, max_position_embeddings=512,
                                tie_word_embeddings=True, rms_norm_eps=1e-5, pad_token_id=PAD, bos_token_id=BOS,
                                eos_token_id=EOS),
        image_token_index=IMAGE, image_seq_length=IMAGE_TOKENS, vision_feature_layer=-1,
        vision_feature_select_strategy="default", projector_hidden_act="gelu", tie_word_embeddings=True,
    )
    return LlavaForConditionalGeneration(config)


def pixels(images):
    """uint8 [batch, 64, 64, 3] to what the tower sees, float [batch, 3, 64, 64]."""
    x = torch.tensor(images).float().permute(0, 3, 1, 2) / 255
    return (x - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def features(model, x):
    """Patch features of the tower, float [batch, 16, hidden]; the class token is dropped."""
    return model.model.vision_tower(x).last_hidden_state[:, 1:]


def train_tokenizer(texts):
    """Byte-level BPE: the corpus' words become one token each, and any other text still has tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=SPECIALS, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def write_checkpoint(model, tokenizer, folder, shards):
    """Config, tokenizer, preprocessor and f16 safetensors in `shards` files with an index and checksums."""
    os.makedirs(folder, exist_ok=True)
    config = model.config.to_dict()
    config["architectures"] = ["LlavaForConditionalGeneration"]
    dump(folder, "config.json", config)
    tokenizer.save(f"{folder}/tokenizer.json")
    dump(folder, "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "chat_template": TEMPLATE, "model_max_length": 512,
        "pad_token": SPECIALS[PAD], "bos_token": SPECIALS[BOS], "eos_token": SPECIALS[EOS],
        "image_token": SPECIALS[IMAGE], "clean_up_tokenization_spaces": False,
    })
    dump(folder, "preprocessor_config.json", {
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": {"shortest_edge": IMAGE_SIZE},
        "resample": 3, "do_center_crop": True, "crop_size": {"height": IMAGE_SIZE, "width": IMAGE_SIZE},
        "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": MEAN, "image_std": STD,
        "do_convert_rgb": True,
    })
    write_shards(model, folder, shards)


def write_shards(model, folder, shards):
    tensors = {hub_name(name): t.detach().half().contiguous() for name, t in model.state_dict().items()
               if not (name == "lm_head.weight" and model.config.tie_word_embeddings)}
    total = sum(t.numel() * 2 for t in tensors.values())
    groups, size = [{}], 0
    for name, tensor in tensors.items():
        if size >= total / shards and len(groups) < shards:
            groups.append({})
            size = 0
        groups[-1][name] = tensor
        size += tensor.numel() * 2
    weight_map, sums = {}, {}
    for i, group in enumerate(groups):
        file = f"model-{i + 1:05d}-of-{len(groups):05d}.safetensors"
        save_file(group, f"{folder}/{file}", metadata={"format": "pt"})
        os.chmod(f"{folder}/{file}", 0o644)
        weight_map |= {name: file for name in group}
        with open(f"{folder}/{file}", "rb") as shard:
            data = shard.read()
        sums[file] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    dump(folder, "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": weight_map})
    dump(folder, "checksums.json", sums)


def hub_name(name):
    """The key layout of the hub's LLaVA checkpoints, which every version of transformers reads."""
    for new, old in (("model.vision_tower.", "vision_tower.vision_model."), ("model.multi_modal_projector.", "multi_modal_projector."),
                     ("model.language_model.", "language_model.model."), ("lm_head.", "language_model.lm_head.")):
        if name.startswith(new):
            return old + name[len(new):]
    return name


def dump(folder, file, value):
    with open(f"{folder}/{file}", "w") as out:
        json.dump(value, out, indent=1, sort_keys=True)
        out.write("\n")
