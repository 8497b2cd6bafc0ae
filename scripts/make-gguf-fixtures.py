"""Writes the tiny GGUF files that tests open, and what transformers makes of them.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 transformers==5.23.0 gguf==0.19.0
    .venv/bin/python scripts/make-gguf-fixtures.py [build/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf]

test/fixtures/gguf holds small random models in every tensor type that is read, with every kind of tokenizer;
`expected.json` has for each the configuration, the SHA-256 of every tensor's unpacked numbers in transformers' order,
token ids of texts, and logits of the last token of a prompt; `dequantise.json` has random blocks of every packed type
with their numbers. Given the file that scripts/fetch-smollm2.ts fetches, it writes test/fixtures/smollm2.json instead: a
paragraph, its token ids, their mean loss on those weights in float32, and the SHA-256
of some tensors. The same versions write the same bytes.
"""

import base64
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

FIXTURES = Path(__file__).parent.parent / "test" / "fixtures"
FOLDER = FIXTURES / "gguf"
CORPUS = [
    "The harbour wakes before the town. Ropes creak, gulls argue, and the first boats slip out past the light.",
    "It's 1998, and they're counting 12345 crates; we'll see what he's worth.\n\n    if x == 10:\n        return x + 1\n",
    "Über die Brücke gehen wir nach Hause, où l'été est né. Tea costs 3.50, coffee 4.25.",
]
TEXTS = [
    "The harbour wakes.", " leading space", "two  spaces   three", "trailing ", "\n", "line one\nline two\r\n\r\n\tthree",
    "12345 and 3.14, 2024-01-02", "x   42", "they're HERE'S we'll", "Über die Brücke, où été", "Zu\u0308rich", "日本語のテキスト", "🎉🦜👩‍👩‍👧 ok",
    "¿Qué? «sí»…", "a_b/c\\d{e}[f] == !=", "<s>user</s> hi<s> there", "▁already", "A\u00a0B\ufeffC", "CamelCaseWords iPhone", "",
]
SPECIALS = ["<unk>", "<s>", "</s>"]
UNKNOWN, BOS, EOS = range(3)
TEMPLATE = "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\\n' }}{% endfor %}"
NORMAL, UNK, CONTROL, BYTE = 1, 2, 3, 6

WORDS = r"[^\r\n\p{L}\p{N}]?\p{L}+"
CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEKKEN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def main():
    if len(sys.argv) > 1:
        (FIXTURES / "smollm2.json").write_text(json.dumps(smollm2(Path(sys.argv[1])), ensure_ascii=False))
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    expected = {}
    for name, make in files().items():
        torch.manual_seed(len(expected))
        expected[name] = make(FOLDER / f"{name}.gguf")
    (FOLDER / "expected.json").write_text(compact(expected))
    (FOLDER / "dequantise.json").write_text(compact(dequantised()))


def files():
    small = lambda kind, pre=None, **options: lambda path: write(path, llama(**options), kind, byte_level(pre))  # noqa: E731
    return {
        "llama-f32": small(Type.F32, vocab_size=32, num_hidden_layers=1),
        "llama-f16": small(Type.F16, vocab_size=32, num_hidden_layers=1),
        "llama-bf16": small(Type.BF16, vocab_size=32, num_hidden_layers=1),
        "llama-q8_0": small(Type.Q8_0, "gpt-2"),
        "llama-q4_0": small(Type.Q4_0, "tekken"),
        "llama-q4_1": small(Type.Q4_1, "smollm"),
        "llama-k": lambda path: write(path, llama(hidden_size=256, head_dim=16, num_attention_heads=2, num_key_value_heads=1, vocab_size=32, num_hidden_layers=1), Type.Q4_K, byte_level(None)),
        "llama3": lambda path: write(path, llama(head_dim=64, num_attention_heads=2, num_key_value_heads=1, rope_parameters=LLAMA3, num_hidden_layers=1), Type.Q8_0, byte_level("llama-bpe"), chat_template=TEMPLATE),
        "mistral-spm": lambda path: write(path, llama(head_dim=16, num_attention_heads=4, tie_word_embeddings=False, num_hidden_layers=1, rope_parameters={"rope_type": "linear", "factor": 4.0, "rope_theta": 10000.0}), Type.Q4_1, sentence_piece()),
        "qwen2": lambda path: write(path, qwen2(), Type.Q4_0, byte_level("qwen2")),
    }


# Models

LLAMA3 = {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
SHAPE = dict(
    hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, vocab_size=384,
    max_position_embeddings=256, rms_norm_eps=1e-5, tie_word_embeddings=True, bos_token_id=BOS, eos_token_id=EOS, initializer_range=0.3,
)


def llama(**options):
    return randomised(LlamaForCausalLM(LlamaConfig(**{**SHAPE, **options})))


def qwen2():
    return randomised(Qwen2ForCausalLM(Qwen2Config(**{**SHAPE, "num_hidden_layers": 1, "rope_parameters": {"rope_type": "default", "rope_theta": 1e6}})))


def randomised(model):
    """Norms and biases too, which are born as ones and zeros."""
    for name, tensor in model.named_parameters():
        if tensor.dim() == 1:
            tensor.data = torch.rand_like(tensor) + 0.5 if "norm" in name else torch.randn_like(tensor) * 0.3
    return model.eval()


NAMES = {
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}


def stored_name(name):
    outer = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight"}
    if name in outer:
        return outer[name]
    _, _, layer, part = name.split(".", 3)
    module, kind = part.rsplit(".", 1)
    return f"blk.{layer}.{NAMES[module]}.{kind}"


def heads_of(name, config):
    """How many heads of rows llama.cpp reorders in a tensor, or none."""
    if config.model_type != "llama":
        return None
    return {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(name.split(".")[-2])


def reorder(array, heads):
    return array.reshape(heads, 2, array.shape[0] // heads // 2, *array.shape[1:]).swapaxes(1, 2).reshape(array.shape)


def restore(array, heads):
    return array.reshape(heads, array.shape[0] // heads // 2, 2, *array.shape[1:]).swapaxes(1, 2).reshape(array.shape)


def type_of(name, tensor, kind):
    if tensor.dim() == 1:
        return Type.F32
    if kind != Type.Q4_K:
        return kind
    # Rows of 256 numbers take K types; the output and down projections have shorter ones here.
    if tensor.shape[1] % 256 != 0:
        return Type.Q8_0 if "o_proj" in name else Type.Q4_0
    return Type.Q6_K if "embed" in name or "k_proj" in name or "up_proj" in name else Type.Q4_K


def packed(tensor, kind, random):
    if kind in (Type.Q4_K, Type.Q6_K):
        return random_blocks(kind, tensor.numel() // 256, random, 0.02).reshape(tensor.shape[0], -1)
    return gguf.quants.quantize(tensor.numpy(), kind)


def random_blocks(kind, count, random, spread):
    """Any bytes are blocks, but for the scales, which must be finite and of the size of weights."""
    numbers, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (count, size), dtype=np.uint8)
    scales = {Type.Q8_0: [0], Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q4_K: [0, 2], Type.Q6_K: [208]}[kind]
    for at in scales:
        largest = {Type.Q8_0: 127, Type.Q4_0: 8, Type.Q4_1: 15, Type.Q4_K: 63 * 15, Type.Q6_K: 127 * 32}[kind]
        values = (random.standard_normal(count) * spread * 20 / largest).astype(np.float16)
        blocks[:, at : at + 2] = values.view(np.uint8).reshape(count, 2)
    return blocks


def write(path, model, kind, tokenizer, chat_template=None):
    config, random = model.config, np.random.default_rng(7)
    writer = gguf.GGUFWriter(path, config.model_type)
    add_shape(writer, config)
    tokenizer["add"](writer)
    if chat_template is not None:
        writer.add_chat_template(chat_template)
    tensors, state = {}, {}
    for name, tensor in model.state_dict().items():
        if name == "lm_head.weight" and config.tie_word_embeddings:
            continue
        heads, type_ = heads_of(name, config), type_of(name, tensor, kind)
        stored = packed(tensor if heads is None else torch.from_numpy(reorder(tensor.numpy(), heads).copy()), type_, random)
        writer.add_tensor(stored_name(name), np.ascontiguousarray(stored), raw_dtype=type_)
        numbers = gguf.quants.dequantize(stored, type_).astype(np.float32).reshape(tensor.shape)
        numbers = np.ascontiguousarray(numbers if heads is None else restore(numbers, heads))
        state[name] = torch.from_numpy(numbers)
        tensors[f"language_model.{name}"] = {
            "dtype": type_.name if type_ in (Type.F16, Type.BF16) else "F32", "shape": list(tensor.shape), "sha256": hashlib.sha256(numbers.tobytes()).hexdigest(),
        }
    if config.rope_parameters["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3_factors(config))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    model.load_state_dict(state, strict=False)
    prompt = [BOS, 5, 17, 9, 30, 11, 7]
    logits = logits_of(model, prompt)
    compare(path, logits, prompt, tokenizer)
    return {
        "config": {key: getattr(config, key) for key in CONFIG} | {"head_dim": model.model.layers[0].self_attn.head_dim, "rope": config.rope_parameters},
        "tensors": tensors, "prompt": prompt, "logits": encode(logits), "texts": [{"text": text, **tokenizer["ids"](text)} for text in TEXTS],
    }


CONFIG = [
    "model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "vocab_size",
    "max_position_embeddings", "rms_norm_eps", "tie_word_embeddings", "bos_token_id", "eos_token_id",
]


def add_shape(writer, config):
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    rope = config.rope_parameters
    writer.add_rope_freq_base(rope["rope_theta"])
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    if config.model_type == "llama":
        writer.add_rope_dimension_count(head)
    if head * config.num_attention_heads != config.hidden_size:
        writer.add_key_length(head)
        writer.add_value_length(head)


def llama3_factors(config):
    """As llama.cpp's converter computes them."""
    rope, head = config.rope_parameters, config.head_dim
    low, high, factor, original = (rope[key] for key in ("low_freq_factor", "high_freq_factor", "factor", "original_max_position_embeddings"))
    factors = []
    for i in range(0, head, 2):
        turns = original * rope["rope_theta"] ** (-i / head) / (2 * np.pi)
        smooth = min(1, max(0, (turns - low) / (high - low)))
        factors.append(1 / ((1 - smooth) / factor + smooth))
    return np.array(factors, dtype=np.float32)


@torch.no_grad()
def logits_of(model, prompt):
    return model(input_ids=torch.tensor([prompt])).logits[0, -1].float().numpy()


def compare(path, logits, prompt, tokenizer):
    """transformers' own reader must agree, where it knows as much: it has no rotary scaling, and one cut too few."""
    if path.stem not in ("llama3", "mistral-spm"):
        theirs = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
        np.testing.assert_allclose(logits_of(theirs, prompt), logits, atol=2e-4, rtol=1e-4)
    if tokenizer["known"]:
        theirs = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
        for text in TEXTS:
            # It leaves out the NFC of Qwen2's own tokenizer.
            if path.stem != "qwen2" or text != "Zu\u0308rich":
                assert theirs.encode(text, add_special_tokens=False) == tokenizer["ids"](text)["ids"], (path.stem, text)


# Tokenizers

PRE = {
    "gpt-2": pre_tokenizers.ByteLevel(add_prefix_space=False),
    "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]),
}


def split(expression):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(expression), behavior="isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


PRE["llama-bpe"] = split(f"{CONTRACTIONS}|{WORDS}|\\p{{N}}{{1,3}}|{REST}")
PRE["qwen2"] = split(f"{CONTRACTIONS}|{WORDS}|\\p{{N}}|{REST}")
PRE["tekken"] = split(TEKKEN)


def byte_level(pre):
    """A byte-level BPE of 384 tokens, or, without a name of a cut, of 32 letters."""
    if pre is None:
        vocabulary, merges = [*SPECIALS, *"abcdefghijklmnopqrstuvwxyz", "Ġ", ".", "th"], ["t h"]
        engine = Tokenizer(models.BPE({token: id for id, token in enumerate(vocabulary)}, [("t", "h")]))
        engine.pre_tokenizer = PRE["gpt-2"]
    else:
        engine = Tokenizer(models.BPE())
        engine.pre_tokenizer = PRE[pre]
        engine.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=384, special_tokens=SPECIALS, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
        vocabulary = sorted(engine.get_vocab(), key=engine.get_vocab().get)
        merges = [" ".join(pair) for pair in json.loads(engine.to_str())["model"]["merges"]]
    engine.decoder = decoders.ByteLevel()
    engine.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIALS])
    if pre == "qwen2":
        engine.normalizer = normalizers.NFC()

    def add(writer):
        add_tokens(writer, "gpt2", vocabulary, [CONTROL] * 3 + [NORMAL] * (len(vocabulary) - 3))
        writer.add_tokenizer_pre(pre or "a-cut-of-tomorrow")
        writer.add_token_merges(merges)
        writer.add_add_bos_token(False)

    return {"add": add, "ids": lambda text: ids_of(engine, text), "known": pre != "smollm"}


def sentence_piece():
    """As SentencePiece lays out a BPE model: specials, bytes, merged pieces by rank, then characters; scores fall with the rank."""
    engine = Tokenizer(models.BPE())
    engine.pre_tokenizer = pre_tokenizers.Metaspace()
    engine.train_from_iterator([text.replace("\n", " ") for text in CORPUS], trainers.BpeTrainer(vocab_size=125, show_progress=False))
    merged = ["".join(pair) for pair in json.loads(engine.to_str())["model"]["merges"]]
    characters = sorted(token for token in engine.get_vocab() if len(token) == 1)
    pieces = list(dict.fromkeys([*merged, *characters]))
    vocabulary = [*SPECIALS, *(f"<0x{byte:02X}>" for byte in range(256)), *pieces]
    assert len(vocabulary) <= 384
    types = [UNK, CONTROL, CONTROL, *[BYTE] * 256, *[NORMAL] * len(pieces)]
    scores = [*[0.0] * 259, *(-float(i) for i in range(len(pieces)))]

    def add(writer):
        add_tokens(writer, "llama", vocabulary, types)
        writer.add_token_scores(scores)

    with tempfile.TemporaryDirectory() as folder:
        writer = gguf.GGUFWriter(Path(folder) / "t.gguf", "llama")
        add_shape(writer, LlamaConfig(**SHAPE))
        add(writer)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.close()
        reference = AutoTokenizer.from_pretrained(folder, gguf_file="t.gguf").backend_tokenizer
    return {"add": add, "ids": lambda text: ids_of(reference, text), "known": True}


def add_tokens(writer, model, vocabulary, types):
    writer.add_tokenizer_model(model)
    writer.add_token_list(vocabulary)
    writer.add_token_types(types)
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_unk_token_id(UNKNOWN)


def ids_of(engine, text):
    ids = engine.encode(text, add_special_tokens=False).ids
    return {"ids": ids, "decoded": engine.decode(ids, skip_special_tokens=True)}


# Numbers

def dequantised():
    random = np.random.default_rng(3)
    cases = {}
    for kind in (Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q4_K, Type.Q6_K):
        # Of the size of weights, large, and so small that the scales are subnormal.
        blocks = np.concatenate([random_blocks(kind, 2, random, spread) for spread in (0.02, 50, 1e-6)])
        cases[kind.name] = {"blocks": encode(blocks), "numbers": encode(gguf.quants.dequantize(blocks, kind).astype(np.float32))}
    return cases


PARAGRAPH = (
    "The lighthouse at Skerry Point was built in 1874, after 3 ships were lost in a single winter. Its keeper climbed 212 steps every evening, "
    "trimmed the wick, and wrote the weather into a log: \"Wind north-west, sea rough, no sail seen.\" In spring the puffins came back to the "
    "cliffs, and children from the village rowed out to count them. Today the lamp is electric and nobody lives there, but the log is kept in "
    "the town's library, where visitors can read what a quiet life on a rock was like."
)
SAMPLED = [
    "model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight", "model.layers.29.self_attn.k_proj.weight",
    "model.layers.7.mlp.down_proj.weight", "model.norm.weight",
]


@torch.no_grad()
def smollm2(path):
    theirs = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    engine = theirs.backend_tokenizer
    engine.pre_tokenizer = PRE["smollm"]
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()
    ids = engine.encode(PARAGRAPH, add_special_tokens=False).ids
    loss = model(input_ids=torch.tensor([ids]), labels=torch.tensor([ids])).loss.item()
    state = model.state_dict()
    tensors = {f"language_model.{name}": hashlib.sha256(state[name].numpy().tobytes()).hexdigest() for name in SAMPLED}
    return {"text": PARAGRAPH, "ids": ids, "loss": loss, "tensors": tensors, "texts": [{"text": text, **ids_of(engine, text)} for text in [*TEXTS, "<|im_start|>user\nHi 12<|im_end|>\n"]]}


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
