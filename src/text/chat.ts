/**
 * Prompts and targets as text. A chat prompt is the checkpoint's own template around one user turn; the answer that
 * follows is tokenised apart from it and appended, in training and in generation alike, so that both see the same
 * tokens. The prompts of the method's roles are not here: they are what comes in as `content`. Nor are the many tokens
 * that an image takes: `image-prompt.ts` puts them in the place of the one that is written here.
 */
import { Template } from '@huggingface/jinja';
import { ComdError } from '../errors';

const system = 'A chat between a curious human and an artificial intelligence assistant. '
  + "The assistant gives helpful, detailed, and polite answers to the human's questions.";

/** How a list of parts begins a text where a template joins it to a string. */
const printed = '{"type": "text"';

/** What of a checkpoint decides the form of its prompts. */
export interface PromptForm {
  /** {@link templateOf} */
  template: string | undefined;
  /** The tokenizer's. */
  specials: Readonly<Record<string, string>>;
  /** Whether the model takes images. */
  sees: boolean;
  /** The tokenizer's placeholder of an image. */
  image: string;
}

export interface Prompt {
  text: string;
  /** Whether the tokenizer is to add its special tokens. */
  special: boolean;
}

/**
 * One user turn, that many images and then the text, up to where the answer begins. transformers' rules: the processor
 * of an image model adds the tokenizer's special tokens unless the template has written the first of them; the template
 * of a text model writes all. Without a template an image model gets the form of LLaVA v1, a text model the bare text.
 * Throws `checkpoint/unsupported` where the template cannot be rendered or leaves the images or the text out.
 */
export function promptOf({ template, specials, sees, image }: PromptForm, content: string, images: number): Prompt {
  const plain = `${image}\n`.repeat(images) + content;
  if (template === undefined) return { text: sees ? `${system} USER: ${plain} ASSISTANT:` : content, special: true };
  const parts = [...Array.from({ length: images }, () => ({ type: 'image' })), { type: 'text', text: content }];
  const text = fill(template, sees ? [parts, plain] : [plain, parts], specials, (prompt) => (
    prompt.includes(content.trim()) && count(prompt, image) === count(content, image) + images && count(prompt, printed) === count(content, printed)
  ));
  const begun = specials.bos_token !== undefined && text.startsWith(specials.bos_token);
  return { text, special: sees && !begun };
}

/** What is learned after a chat prompt, or what generation continues with; the end token is appended as an id. */
export function chatTarget(prompt: string, answer: string): string {
  return (/\s$/.test(prompt) ? '' : ' ') + answer.trim();
}

/** The caption of stage 1, closed by a newline as in LLaVA's `plain` template. */
export function plainTarget(caption: string): string {
  return `${caption.trim()}\n`;
}

/** The chat template in `tokenizer_config.json`: a string, or the one called `default` in a list of named ones. */
export function templateOf(tokenizerConfig: unknown): string | undefined {
  const template = (tokenizerConfig as { chat_template?: unknown } | null)?.chat_template;
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return undefined;
  const named = template as { name?: unknown; template?: unknown }[];
  const chosen = named.find(({ name }) => name === 'default')?.template;
  return typeof chosen === 'string' ? chosen : undefined;
}

function count(text: string, placeholder: string): number {
  return text.split(placeholder).length - 1;
}

/**
 * The first rendering that is right. Templates of image models walk over a list of parts; those of text models join
 * strings, and either mangles or refuses what it is not made for.
 */
function fill(template: string, contents: readonly unknown[], specials: Readonly<Record<string, string>>, isRight: (prompt: string) => boolean): string {
  let cause: unknown;
  for (const content of contents) {
    try {
      const prompt = render(template, content, specials);
      if (isRight(prompt)) return prompt;
    } catch (error) {
      cause ??= error;
    }
  }
  throw new ComdError(
    'checkpoint/unsupported',
    `The chat template of the checkpoint does not put the images and the text of a user turn into the prompt${cause instanceof Error ? ` (${cause.message})` : ''}.`,
    'Check chat_template in tokenizer_config.json: it must accept a user turn of an image and a text.',
    { cause },
  );
}

/** With the names that transformers gives every template; `raise_exception` and `strftime_now` are the library's own. */
function render(template: string, content: unknown, specials: Readonly<Record<string, string>>): string {
  return parse(template).render({ ...specials, messages: [{ role: 'user', content }], tools: null, documents: null, add_generation_prompt: true });
}

const parsed = new Map<string, Template>();

/** Parsed once, since a run renders thousands of prompts with the same template. */
function parse(template: string): Template {
  let known = parsed.get(template);
  if (known === undefined) {
    known = new Template(template);
    parsed.set(template, known);
  }
  return known;
}
