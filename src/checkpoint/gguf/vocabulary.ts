/** The tokens of the metadata as the models of `tokenizer.json`: byte-level BPE, and SentencePiece's BPE with scores. */
import { corrupt, unsupported } from './refuse';
import type { Metadata } from './metadata';
import { cutOf } from './pre-tokenizer';

/** `llama_token_type` of llama.cpp. */
const [normal, control, userDefined] = [1, 3, 4];

export interface Vocabulary {
  tokens: readonly string[];
  /** Of every token; empty where the file does not say. */
  types: readonly number[];
}

/** What a kind of vocabulary fixes in `tokenizer.json`. */
export interface Kind {
  normalizer: object | null;
  pre_tokenizer: object;
  decoder: object;
  model: object;
}

type Merge = [string, string];

/** Throws `checkpoint/corrupt` where the lists do not go together. */
export function readVocabulary(metadata: Metadata): Vocabulary {
  const tokens = metadata.texts('tokenizer.ggml.tokens') ?? [];
  const types = metadata.numbers('tokenizer.ggml.token_type') ?? [];
  if (tokens.length === 0) throw corrupt(metadata.file, 'metadata "tokenizer.ggml.tokens" must list the tokens, but is missing or empty.');
  if (types.length !== 0) sameLength(metadata, 'tokenizer.ggml.token_type', types, tokens);
  return { tokens, types };
}

/** Tokens that stand whole in the text before anything is cut; control tokens are left out when decoding. */
export function addedTokens({ tokens, types }: Vocabulary, specials: readonly number[]): object[] {
  return tokens.flatMap((content, id) => {
    const special = types[id] === control || specials.includes(id);
    if (content === '' || (!special && types[id] !== userDefined)) return [];
    return [{ id, content, special, single_word: false, lstrip: false, rstrip: false, normalized: false }];
  });
}

export function kindOf(metadata: Metadata, model: string, vocabulary: Vocabulary, unknown: string | undefined): Kind {
  if (model === 'gpt2') return byteLevel(metadata, vocabulary);
  if (model === 'llama') return sentencePiece(metadata, vocabulary, unknown);
  throw unsupported(metadata.file, `metadata "tokenizer.ggml.model" is ${model}; gpt2 and llama are read.`, 'Take a model with one of those tokenizers.');
}

function byteLevel(metadata: Metadata, { tokens }: Vocabulary): Kind {
  const { normalizer, preTokenizer, wholeFirst } = cutOf(metadata.text('tokenizer.ggml.pre'));
  const merges = storedMerges(metadata);
  if (merges === undefined) throw corrupt(metadata.file, 'metadata "tokenizer.ggml.merges" is missing.');
  return {
    normalizer, pre_tokenizer: preTokenizer,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    model: { ...bpe(tokens, merges), ignore_merges: wholeFirst },
  };
}

/** As `LlamaTokenizer` of `transformers`: spaces become ▁, one is put before the text, and unknown characters become bytes. */
function sentencePiece(metadata: Metadata, vocabulary: Vocabulary, unknown: string | undefined): Kind {
  const prefix = metadata.boolean('tokenizer.ggml.add_space_prefix') ?? true;
  const scores = metadata.numbers('tokenizer.ggml.scores') ?? [];
  const merges = storedMerges(metadata) ?? derivedMerges(metadata, vocabulary, scores);
  return {
    normalizer: null,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: prefix ? 'first' : 'never', split: false },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' },
        ...(prefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: { ...bpe(vocabulary.tokens, merges), byte_fallback: true, fuse_unk: true, unk_token: unknown ?? null },
  };
}

/** `Object.fromEntries` defines properties, so that a token `__proto__` is one. */
function bpe(tokens: readonly string[], merges: readonly Merge[]): object {
  return {
    type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null,
    fuse_unk: false, byte_fallback: false, ignore_merges: false,
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges,
  };
}

function storedMerges(metadata: Metadata): Merge[] | undefined {
  return metadata.texts('tokenizer.ggml.merges')?.map((merge, i) => {
    const space = merge.indexOf(' ', 1);
    if (space === -1) throw corrupt(metadata.file, `metadata "tokenizer.ggml.merges" must hold two tokens with a space between, but entry ${i} is ${JSON.stringify(merge.slice(0, 60))}.`);
    return [merge.slice(0, space), merge.slice(space + 1)];
  });
}

/**
 * SentencePiece keeps no merges: it joins the two neighbours whose union has the best score. Every way to cut a token into
 * two tokens is therefore a merge, best union first. Ties go as in `transformers`: to the longer left piece, then to
 * the longer right one, then to the order of the vocabulary.
 */
function derivedMerges(metadata: Metadata, { tokens, types }: Vocabulary, scores: readonly number[]): Merge[] {
  sameLength(metadata, 'tokenizer.ggml.scores', scores, tokens);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const ways = tokens.flatMap((token, id) => {
    const type = types[id] ?? normal;
    return type === normal || type === userDefined ? cutsOf(token, ids).map((way) => ({ ...way, score: scores[id] as number })) : [];
  });
  ways.sort((a, b) => b.score - a.score || b.lengths[0] - a.lengths[0] || b.lengths[1] - a.lengths[1]);
  return ways.map(({ merge }) => merge);
}

/** The longest piece of SentencePiece has 16 characters; far longer ones are not merged to, and would take their square. */
const longestPiece = 256;

/** Lengths are of characters, not of UTF-16 units. */
function cutsOf(token: string, ids: ReadonlyMap<string, number>): { merge: Merge; lengths: [number, number] }[] {
  const characters = [...token];
  if (characters.length > longestPiece) return [];
  const found = characters.slice(1).flatMap((_, i) => {
    const merge: Merge = [characters.slice(0, i + 1).join(''), characters.slice(i + 1).join('')];
    const order = merge.map((piece) => ids.get(piece)) as [number | undefined, number | undefined];
    return order[0] === undefined || order[1] === undefined ? [] : [{ merge, lengths: [i + 1, characters.length - i - 1] as [number, number], order: order as [number, number] }];
  });
  return found.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1]);
}

function sameLength(metadata: Metadata, key: string, list: readonly unknown[], tokens: readonly string[]): void {
  if (list.length !== tokens.length) throw corrupt(metadata.file, `metadata "${key}" has ${list.length} values for ${tokens.length} tokens.`);
}
