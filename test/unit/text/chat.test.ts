import { describe, expect, it } from 'vitest';
import { chatTarget, plainTarget, promptOf, templateOf } from '../../../src/text/chat';
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
const llava = { template: templateOf(tokenizerConfig), specials: tokenizer.specials, sees: true, image: '<image>' };

const seeing = (template: string | undefined, specials: Record<string, string> = {}) => ({ template, specials, sees: true, image: '<image>' });
const blind = (template: string | undefined, specials: Record<string, string> = {}) => ({ template, specials, sees: false, image: '<image>' });

const joining = "{{ bos_token }}{% for message in messages %}USER: {{ message['content'] }} {% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}";
const trimming = "{% for message in messages %}[INST] {{ message['content'].strip() }} [/INST]{% endfor %}";
/** What the templates of models on the hub ask of the library. */
const constructs: [string, string, Record<string, string>, string][] = [
  ['filters, and a list of parts that may begin with an image',
    "<|im_start|>{% for m in messages %}{{ m['role'] | capitalize }}{% if m['content'][0]['type'] == 'image' %}{{ ':' }}{% else %}{{ ': ' }}{% endif %}"
      + "{% for part in m['content'] %}{% if part['type'] == 'text' %}{{ part['text'] }}{% elif part['type'] == 'image' %}{{ '<image>' }}{% endif %}{% endfor %}"
      + "<end_of_utterance>\n{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}",
    {}, '<|im_start|>User:<image>name it<end_of_utterance>\nAssistant:'],
  ['parts chosen by their type, comments and blocks for training',
    "{% for m in messages %}{{ m['role'].upper() + ': ' }}{# images first #}{% for part in m['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>\n' }}{% endfor %}"
      + "{% for part in m['content'] | selectattr('type', 'equalto', 'text') %}{% generation %}{{ part['text'] + ' ' }}{% endgeneration %}{% endfor %}{% endfor %}ASSISTANT:",
    {}, 'USER: <image>\nname it ASSISTANT:'],
];
const textConstructs: [string, string, Record<string, string>, string][] = [
  ['a system turn of its own',
    "{% for m in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nBe kind<|im_end|>\n' }}{% endif %}"
      + "{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    {}, '<|im_start|>system\nBe kind<|im_end|>\n<|im_start|>user\nname it<|im_end|>\n<|im_start|>assistant\n'],
  ['errors that it raises, slices and counters',
    "{%- if messages[0]['role'] == 'system' %}{%- set turns = messages[1:] %}{%- else %}{%- set turns = messages %}{%- endif %}{%- set ns = namespace() %}{%- set ns.index = 0 %}"
      + "{%- for m in turns %}{%- if (m['role'] == 'user') != (ns.index % 2 == 0) %}{{- raise_exception('roles must alternate') }}{%- endif %}{%- set ns.index = ns.index + 1 %}{%- endfor %}"
      + "{{- bos_token }}{%- for m in turns %}{{- '[INST] ' + m['content'] + '[/INST]' }}{%- endfor %}",
    { bos_token: '<s>' }, '<s>[INST] name it[/INST]'],
  ['names that may be undefined, and tools that are none',
    "{{- bos_token }}{%- if not tools is defined %}{%- set tools = none %}{%- endif %}{%- if tools is not none %}{{- 'tools' }}{%- endif %}"
      + "{%- if not date_string is defined %}{%- set date_string = strftime_now('%d %b %Y') %}{%- endif %}{%- if date_string | length == 11 %}{{- 'dated ' }}{%- endif %}"
      + "{%- for m in messages %}{%- if not 'tool_calls' in m %}{{- m['role'] + '\n\n' + m['content'] | trim + '<|eot_id|>' }}{%- endif %}{%- endfor %}",
    { bos_token: '<|begin|>' }, '<|begin|>dated user\n\nname it<|eot_id|>'],
];

describe('a chat prompt', () => {
  it('is what transformers renders from the checkpoint\'s template', () => {
    expect(promptOf(llava, expected.instruction, 1).text).toBe(expected.promptText);
  });

  it('with its target, tokenised apart and joined, is the sequence that transformers tokenises', () => {
    const { text, special } = promptOf(llava, expected.instruction, 1);
    const target = [...tokenizer.encode(chatTarget(text, expected.answer)), tokenizer.eos];
    expect(tokenizer.encode(text, special)).toEqual(expected.promptIds);
    expect(target).toEqual(expected.targetIds);
    expect(tokenizer.encode(`${text} ${expected.answer}</s>`)).toEqual([...expected.promptIds, ...target.slice(0, -1), tokenizer.eos]);
  });

  it('shows as many images as are asked for, none and several included', () => {
    expect(promptOf(llava, 'name it', 0).text).toBe('<s>USER: name it ASSISTANT:');
    expect(promptOf(llava, 'compare', 2).text).toBe('<s>USER: <image>\n<image>\ncompare ASSISTANT:');
  });

  it('goes through templates that only take strings, with the placeholders before the text', () => {
    expect(promptOf(seeing(joining, { bos_token: '<s>' }), 'name it', 1).text).toBe('<s>USER: <image>\nname it ASSISTANT:');
    expect(promptOf(seeing(trimming), 'name it', 2).text).toBe('[INST] <image>\n<image>\nname it [/INST]');
  });

  it.each(constructs)('of an image model may use %s', (_, template, specials, rendered) => {
    expect(promptOf(seeing(template, specials), 'name it', 1).text).toBe(rendered);
  });

  it.each(textConstructs)('of a text model may use %s', (_, template, specials, rendered) => {
    expect(promptOf(blind(template, specials), 'name it', 0).text).toBe(rendered);
  });

  it('keeps white space around the text, unless the template takes it off', () => {
    expect(promptOf(seeing(joining, { bos_token: '' }), ' name it\n', 0).text).toBe('USER:  name it\n ASSISTANT:');
    expect(promptOf(seeing(trimming), ' name it\n', 0).text).toBe('[INST] name it [/INST]');
  });

  it('has the form of LLaVA v1 without a template, and is the bare text for a text model', () => {
    const { text } = promptOf(seeing(undefined), 'name it', 1);
    expect(text).toMatch(/^A chat between .* questions\. USER: <image>\nname it ASSISTANT:$/s);
    expect(promptOf(blind(undefined), 'once upon', 0)).toEqual({ text: 'once upon', special: true });
  });

  it('is left to the tokenizer to begin, but by templates of text models and those that have begun it', () => {
    const bos = { bos_token: '<s>' };
    expect(promptOf(seeing(joining, bos), 'name it', 1).special).toBe(false);
    expect(promptOf(seeing(trimming, bos), 'name it', 1).special).toBe(true);
    expect(promptOf(seeing(trimming), 'name it', 1).special).toBe(true);
    expect(promptOf(seeing(undefined, bos), 'name it', 1).special).toBe(true);
    expect(promptOf(blind(trimming, bos), 'name it', 0).special).toBe(false);
  });

  it('is refused where the template leaves the text or an image out, raises an error or does not parse', () => {
    const broken: [string, string][] = [
      ['USER: ASSISTANT:', 'template'], ['{% for message in messages %}', 'template'],
      ["{{ messages[0]['content'][1]['text'] }}", 'template'], ["{{ raise_exception('no images') }}", 'no images'],
    ];
    for (const [template, words] of broken) {
      expect(() => promptOf(seeing(template), 'name it', 1)).toThrow(expect.objectContaining({ code: 'checkpoint/unsupported', message: expect.stringContaining(words) }));
    }
  });
});

describe('a target', () => {
  it('is parted from the prompt by exactly one white space', () => {
    expect(chatTarget('ASSISTANT:', ' a hat ')).toBe(' a hat');
    expect(chatTarget('ASSISTANT: ', 'a hat')).toBe('a hat');
    expect(chatTarget('<|assistant|>\n', 'a hat')).toBe('a hat');
  });

  it('of stage 1 is the caption and a newline', () => {
    expect(plainTarget('a red hat ')).toBe('a red hat\n');
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
