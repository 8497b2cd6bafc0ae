/**
 * The chat template of a composed checkpoint: the decoder's own where it shows images, else the decoder's own behind
 * a preface that turns images into placeholders, else that of LLaVA v1. Prompts are not made here.
 */
import { Template } from '@huggingface/jinja';
import { imageToken } from './image-token';

/** Makes one string of each message's parts, images first, each on a line of its own as in LLaVA. */
const preface = `{%- set plain = namespace(messages=[]) -%}
{%- for message in messages -%}
{%- set said = namespace(text='') -%}
{%- if message['content'] is string -%}
{%- set said.text = message['content'] -%}
{%- else -%}
{%- for part in message['content'] if part['type'] == 'image' -%}{%- set said.text = said.text + '${imageToken}\\n' -%}{%- endfor -%}
{%- for part in message['content'] if part['type'] == 'text' -%}{%- set said.text = said.text + part['text'] -%}{%- endfor -%}
{%- endif -%}
{%- set plain.messages = plain.messages + [{'role': message['role'], 'content': said.text}] -%}
{%- endfor -%}
{%- set messages = plain.messages -%}
`;

const llava1 = `{% if messages[0]['role'] != 'system' %}A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the human's questions.{% endif %}
{% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] }}{% elif message['role'] == 'user' %} USER: {{ message['content'] }}{% else %} ASSISTANT: {{ message['content'] }}{{ eos_token }}{% endif %}{% endfor %}
{% if add_generation_prompt %} ASSISTANT:{% endif %}`;

/** The template for images, from the decoder's `tokenizer_config.json`. */
export function imageTemplate(tokenizerConfig: unknown): string {
  const fields = (tokenizerConfig ?? {}) as Record<string, unknown>;
  const own = ownTemplate(fields.chat_template);
  const candidates = own === undefined ? [] : [own, preface + own];
  return candidates.find((template) => showsImage(template, fields)) ?? preface + llava1;
}

/** A string, or the one called `default` in a list of named ones. */
function ownTemplate(template: unknown): string | undefined {
  if (typeof template === 'string') return template;
  if (!Array.isArray(template)) return undefined;
  const named = template as { name?: unknown; template?: unknown }[];
  const chosen = named.find(({ name }) => name === 'default')?.template;
  return typeof chosen === 'string' ? chosen : undefined;
}

/** Whether a turn of an image and a text comes out with one placeholder and the text. */
function showsImage(template: string, fields: Record<string, unknown>): boolean {
  const content = [{ type: 'image' }, { type: 'text', text: 'What is it?' }];
  try {
    const specials = Object.fromEntries(['bos_token', 'eos_token', 'pad_token', 'unk_token'].map((name) => [name, textOf(fields[name])]));
    const prompt = new Template(template).render({ ...specials, messages: [{ role: 'user', content }], add_generation_prompt: true });
    return prompt.split(imageToken).length === 2 && prompt.includes('What is it?') && !prompt.includes('[object Object]');
  } catch {
    return false;
  }
}

/** Older releases write a special token as an object with its text in `content`. */
function textOf(token: unknown): string {
  return typeof token === 'string' ? token : String((token as { content?: unknown } | null | undefined)?.content ?? '');
}
