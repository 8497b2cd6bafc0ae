/**
 * Prompts and targets as text. A chat prompt is the checkpoint's own template around one user turn; the answer that
 * follows is tokenised apart from it and appended, in training and in generation alike, so that both see the same
 * tokens. The prompts of the method's roles are not here: they are what comes in as `content`.
 */
import { Template } from '@huggingface/jinja';
import { ComdError } from '../errors';

/** Where the image goes in a prompt. */
export const imagePlaceholder = '<image>';

const system = 'A chat between a curious human and an artificial intelligence assistant. '
  + "The assistant gives helpful, detailed, and polite answers to the human's questions.";

/**
 * One user turn up to where the answer begins. `template` is `tokenizer_config.json`'s `chat_template`
 * ({@link templateOf}); without one the prompt has the form of LLaVA v1. `specials` are the tokenizer's.
 * Throws `checkpoint/unsupported` where the template cannot be rendered or has no room for the image.
 */
export function chatPrompt(
  template: string | undefined, content: string, withImage: boolean, specials: Readonly<Record<string, string>> = {},
): string {
  const plain = withImage ? `${imagePlaceholder}\n${content}` : content;
  if (template === undefined) return `${system} USER: ${plain} ASSISTANT:`;
  const parts = [...(withImage ? [{ type: 'image' }] : []), { type: 'text', text: content }];
  const asked = count(content) + (withImage ? 1 : 0);
  // Templates of image models walk over a list of parts; those of text models join strings, and either mangles or
  // refuses a list. A rendering is right when the text and the image are both in it.
  for (const turn of [parts, plain]) {
    const prompt = render(template, turn, specials);
    if (prompt !== undefined && prompt.includes(content) && count(prompt) === asked) return prompt;
  }
  throw new ComdError(
    'checkpoint/unsupported',
    'The chat template of the checkpoint does not put the image and the text of a user turn into the prompt.',
    'Check chat_template in tokenizer_config.json: it must accept a user turn of an image and a text.',
  );
}

/** What is learned after a chat prompt, or what generation continues with; the end token is appended as an id. */
export function chatTarget(prompt: string, answer: string): string {
  return (/\s$/.test(prompt) ? '' : ' ') + answer.trim();
}

/** Stage 1 shows the image and nothing else. */
export function plainPrompt(): string {
  return imagePlaceholder;
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

function count(text: string): number {
  return text.split(imagePlaceholder).length - 1;
}

const parsed = new Map<string, Template>();

/** Undefined where the template raises an error on content of this form. */
function render(template: string, content: unknown, specials: Readonly<Record<string, string>>): string | undefined {
  try {
    return parse(template).render({ ...specials, messages: [{ role: 'user', content }], add_generation_prompt: true });
  } catch {
    return undefined;
  }
}

/** Parsed once, since a run renders thousands of prompts with the same template. */
function parse(template: string): Template {
  let known = parsed.get(template);
  if (known === undefined) {
    known = new Template(template);
    parsed.set(template, known);
  }
  return known;
}
