/**
 * `tokenizer.json` as transformers 5 reads it: parts of it are decided by `tokenizer_config.json`. It tokenises nothing.
 */
import * as v from 'valibot';

/** Older releases write a special token as an object with its text in `content`. */
const token = v.union([v.string(), v.pipe(v.looseObject({ content: v.string() }), v.transform(({ content }) => content))]);

type Fields = Record<string, unknown>;
interface AddedToken {
  id: number;
  content: string;
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? value as Fields : {};
}

/** The special tokens that have a name, by it: `bos_token`, `eos_token`, `image_token`, … */
export function specialsOf(tokenizerConfig: unknown): Record<string, string> {
  const config = fieldsOf(tokenizerConfig);
  // Those of one model alone lie in a list of their own in some releases.
  const fields = { ...config, ...fieldsOf(config.extra_special_tokens), ...fieldsOf(config.model_specific_special_tokens) };
  return Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => {
    const parsed = v.safeParse(token, value);
    return name.endsWith('_token') && parsed.success ? [[name, parsed.output]] : [];
  }));
}

/** What the tokenizer is built from. `config` is the model's. `add_bos_token` counts for nothing where there is this file. */
export function completed(tokenizer: Fields, tokenizerConfig: unknown, config: unknown): Fields {
  const fields = fieldsOf(tokenizerConfig);
  const whole = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...tokenizer, added_tokens: addedTokens(tokenizer, fields) };
  return isLlama(whole, fields, config) ? { ...whole, normalizer: null, pre_tokenizer: metaspace(fields.legacy === true) } : whole;
}

/** Tokens that only the configuration names are cut out of the text all the same, and get new ids where they have none. */
function addedTokens(tokenizer: Fields, fields: Fields): AddedToken[] {
  const added = Array.isArray(tokenizer.added_tokens) ? [...tokenizer.added_tokens as AddedToken[]] : [];
  const contents = new Set(added.map(({ content }) => content));
  const vocabulary = vocabularyOf(tokenizer);
  const listed = [fields.additional_special_tokens, fields.extra_special_tokens].flatMap((list) => Array.isArray(list) ? list as unknown[] : []);
  for (const entry of [...Object.values(fieldsOf(fields.added_tokens_decoder)), ...Object.values(specialsOf(fields)), ...listed]) {
    const parsed = v.safeParse(token, entry);
    if (!parsed.success || contents.has(parsed.output)) continue;
    const content = parsed.output;
    const id = vocabulary.get(content) ?? 1 + added.reduce((last, one) => Math.max(last, one.id), vocabulary.size - 1);
    added.push({ special: true, ...typeof entry === 'object' ? entry : {}, id, content } as AddedToken);
    contents.add(content);
  }
  return added;
}

/** Tokens with their ids. Unigram lists its tokens with their scores, the others map them to ids. */
export function vocabularyOf(tokenizer: Fields): Map<string, number> {
  const { vocab } = fieldsOf(tokenizer.model);
  if (Array.isArray(vocab)) return new Map((vocab as [string, number][]).map(([content], id) => [content, id]));
  return new Map(Object.entries(fieldsOf(vocab) as Record<string, number>));
}

/** Only where model and tokenizer are both of Llama's own class is the file's way with spaces set aside. */
function isLlama(tokenizer: Fields, fields: Fields, config: unknown): boolean {
  return fieldsOf(config).model_type === 'llama' && /^LlamaTokenizer(Fast)?$/.test(String(fields.tokenizer_class))
    && fieldsOf(tokenizer.model).byte_fallback === true;
}

/** A space goes before the text, in the `legacy` way also after every special token. */
function metaspace(legacy: boolean): Fields {
  return { type: 'Metaspace', replacement: '▁', prepend_scheme: legacy ? 'always' : 'first', split: false };
}
