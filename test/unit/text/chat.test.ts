import { describe, expect, it } from 'vitest';
import { chatPrompt, chatTarget, plainPrompt, plainTarget, templateOf } from '../../../src/text/chat';
import { loadTokenizer } from '../../../src/text/tokenizer';
import { fixtureJson } from '../../support/folder';

interface Expected {
  instruction: string;
  answer: string;
  promptText: string;
  promptIds: number[];
  targetIds: number[];
}
const expected = fixtureJson<Expected>('llava-tiny-f16/expected.json');
const tokenizerConfig = fixtureJson<unknown>('llava-tiny-f16/tokenizer_config.json');
const tokenizer = loadTokenizer(fixtureJson('llava-tiny-f16/tokenizer.json'), tokenizerConfig, fixtureJson('llava-tiny-f16/config.json'));
const template = templateOf(tokenizerConfig);

const joining = "{{ bos_token }}{% for message in messages %}USER: {{ message['content'] }} {% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}";
const trimming = "{% for message in messages %}[INST] {{ message['content'].strip() }} [/INST]{% endfor %}";

describe('a chat prompt', () => {
  it('is what transformers renders from the checkpoint\'s template', () => {
    expect(chatPrompt(template, expected.instruction, true, tokenizer.specials)).toBe(expected.promptText);
  });

  it('with its target, tokenised apart and joined, is the sequence that transformers tokenises', () => {
    const prompt = chatPrompt(template, expected.instruction, true, tokenizer.specials);
    const target = [...tokenizer.encode(chatTarget(prompt, expected.answer)), tokenizer.eos];
    expect(tokenizer.encode(prompt)).toEqual(expected.promptIds);
    expect(target).toEqual(expected.targetIds);
    expect(tokenizer.encode(`${prompt} ${expected.answer}</s>`)).toEqual([...expected.promptIds, ...target.slice(0, -1), tokenizer.eos]);
  });

  it('has no image where none is asked for', () => {
    expect(chatPrompt(template, 'name it', false, tokenizer.specials)).toBe('<s>USER: name it ASSISTANT:');
  });

  it('goes through templates that only take strings, with the placeholder before the text', () => {
    expect(chatPrompt(joining, 'name it', true, { bos_token: '<s>' })).toBe('<s>USER: <image>\nname it ASSISTANT:');
    expect(chatPrompt(trimming, 'name it', true)).toBe('[INST] <image>\nname it [/INST]');
  });

  it('has the form of LLaVA v1 without a template', () => {
    const prompt = chatPrompt(undefined, 'name it', true);
    expect(prompt).toMatch(/^A chat between .* questions\. USER: <image>\nname it ASSISTANT:$/s);
  });

  it('is refused where the template leaves the text or the image out or does not parse', () => {
    for (const broken of ['USER: ASSISTANT:', '{% for message in messages %}', "{{ messages[0]['content'][1]['text'] }}"]) {
      expect(() => chatPrompt(broken, 'name it', true)).toThrow(expect.objectContaining({ code: 'checkpoint/unsupported', message: expect.stringContaining('template') }));
    }
  });
});

describe('a target', () => {
  it('is parted from the prompt by exactly one white space', () => {
    expect(chatTarget('ASSISTANT:', ' a hat ')).toBe(' a hat');
    expect(chatTarget('ASSISTANT: ', 'a hat')).toBe('a hat');
    expect(chatTarget('<|assistant|>\n', 'a hat')).toBe('a hat');
  });

  it('of stage 1 is the caption and a newline after the image alone', () => {
    expect(plainPrompt() + plainTarget('a red hat ')).toBe('<image>a red hat\n');
  });
});

describe('the template of a checkpoint', () => {
  it('may be a string, the default of several, or missing', () => {
    expect(templateOf({ chat_template: 'x' })).toBe('x');
    expect(templateOf({ chat_template: [{ name: 'tool_use', template: 'y' }, { name: 'default', template: 'x' }] })).toBe('x');
    expect(templateOf({ chat_template: [] })).toBeUndefined();
    expect(templateOf({})).toBeUndefined();
    expect(templateOf(null)).toBeUndefined();
  });
});
