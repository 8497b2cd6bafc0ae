import { Template } from '@huggingface/jinja';
import { describe, expect, it } from 'vitest';
import { imageTemplate } from '../../../../src/checkpoint/compose/template';

const chatml = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
const turn = { role: 'user', content: [{ type: 'text', text: 'Who?' }, { type: 'image' }, { type: 'image' }] };

function render(tokenizerConfig: unknown, messages: unknown[]): string {
  return new Template(imageTemplate(tokenizerConfig)).render({ messages, add_generation_prompt: true, eos_token: '</s>' });
}

describe('the chat template of a composed student', () => {
  it('is the decoder\'s own, each image on a line before the text', () => {
    expect(render({ chat_template: chatml }, [{ role: 'system', content: 'Be kind.' }, turn]))
      .toBe('<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\n<image>\n<image>\nWho?<|im_end|>\n<|im_start|>assistant\n');
  });

  it('stays as it is where it shows images itself', () => {
    const own = "{% for message in messages %}{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endfor %}";
    expect(imageTemplate({ chat_template: own })).toBe(own);
    expect(imageTemplate({ chat_template: [{ name: 'tools', template: chatml }, { name: 'default', template: own }] })).toBe(own);
  });

  it('has the special tokens that it names, also where older releases wrote them as objects', () => {
    const own = `{{ bos_token }}${chatml}`;
    expect(imageTemplate({ bos_token: { content: '<s>' }, chat_template: own }).endsWith(own)).toBe(true);
  });

  it.each([
    ['the decoder has none', {}],
    ['it takes no user turn', { chat_template: "{{ raise_exception('no') }}" }],
    ['it loses the text', { chat_template: 'Hello!' }],
    ['it cannot be parsed', { chat_template: '{% for' }],
  ])('is that of LLaVA v1 where %s', (_, tokenizerConfig) => {
    expect(render(tokenizerConfig, [turn, { role: 'assistant', content: 'Me.' }, { role: 'user', content: 'And?' }]))
      .toMatch(/^A chat between .* questions\. USER: <image>\n<image>\nWho\? ASSISTANT: Me\.<\/s> USER: And\? ASSISTANT:$/);
  });
});
