/**
 * How text is cut before byte-level merging, by the name that llama.cpp gives the cut (`tokenizer.ggml.pre`), in the form
 * of `tokenizer.json`. The cuts are those of the models' own tokenizers; llama.cpp's table is in llama-vocab.cpp.
 */

export interface Cut {
  normalizer: object | null;
  preTokenizer: object;
  /** Whether a piece that is a token as a whole is taken whole, without merging. */
  wholeFirst: boolean;
}

type Name = 'gpt2' | 'digits' | 'llama3' | 'qwen2' | 'tekken';

const byName: Record<string, Name> = {
  'gpt-2': 'gpt2', 'phi-2': 'gpt2', mpt: 'gpt2', olmo: 'gpt2', jais: 'gpt2',
  smollm: 'digits', starcoder: 'digits', refact: 'digits', 'command-r': 'digits', codeshell: 'digits', exaone: 'digits', 'minerva-7b': 'digits',
  llama3: 'llama3', 'llama-v3': 'llama3', 'llama-bpe': 'llama3', falcon3: 'llama3', pixtral: 'llama3', dbrx: 'llama3', 'smaug-bpe': 'llama3',
  qwen2: 'qwen2', 'deepseek-r1-qwen': 'qwen2', stablelm2: 'qwen2', megrez: 'qwen2',
  tekken: 'tekken',
};

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const spaces = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const words = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;
const signs = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;

/** ByteLevel of `tokenizers` brings GPT-2's expression along, which `use_regex` turns off. */
const byteLevel = (ownCut: boolean): object => ({ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: ownCut });
const sequence = (...pretokenizers: object[]): object => ({ type: 'Sequence', pretokenizers });
const split = (expression: string): object => sequence(
  { type: 'Split', pattern: { Regex: expression }, behavior: 'Isolated', invert: false }, byteLevel(false),
);

const cuts: Record<Name, Cut> = {
  gpt2: { normalizer: null, preTokenizer: byteLevel(true), wholeFirst: false },
  digits: { normalizer: null, preTokenizer: sequence({ type: 'Digits', individual_digits: true }, byteLevel(true)), wholeFirst: false },
  llama3: { normalizer: null, preTokenizer: split([contractions, words, String.raw`\p{N}{1,3}`, signs, spaces].join('|')), wholeFirst: true },
  qwen2: { normalizer: { type: 'NFC' }, preTokenizer: split([contractions, words, String.raw`\p{N}`, signs, spaces].join('|')), wholeFirst: false },
  tekken: {
    normalizer: null, wholeFirst: true,
    preTokenizer: split([
      String.raw`[^\r\n\p{L}\p{N}]?${upper}*${lower}+`, String.raw`[^\r\n\p{L}\p{N}]?${upper}+${lower}*`,
      String.raw`\p{N}`, String.raw` ?[^\s\p{L}\p{N}]+[\r\n/]*`, spaces,
    ].join('|')),
  },
};

/**
 * A name that is not known is cut as GPT-2 does, as `transformers` decides too. Another cut costs a few odd tokens around
 * digits and spaces; a refusal would cost the model, and llama.cpp gives new names to cuts that differ in nothing.
 */
export function cutOf(pre: string | undefined): Cut {
  return cuts[(pre !== undefined && Object.hasOwn(byName, pre) ? byName[pre] : undefined) ?? 'gpt2'];
}
