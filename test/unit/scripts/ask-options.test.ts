import { describe, expect, test } from 'vitest';
import { askHelp, parseAsk } from '../../../scripts/ask-options';
import { ComdError } from '../../../src/errors';

const whole = ['--model', 'models/tiny', '--prompt', 'what is this?'];

function refusal(...args: string[]): ComdError {
  try {
    parseAsk(args);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
  throw new Error(`${args.join(' ')} was not refused`);
}

describe('the command line of ask', () => {
  test('needs a model and a question, and answers greedily by exact weights unless told otherwise', () => {
    expect(parseAsk(whole)).toEqual({
      model: 'models/tiny', prompt: 'what is this?', adapter: null, images: [], maxNewTokens: 128, temperature: 0, topK: 0, topP: 1, seed: 1,
      backend: 'auto', weights: 'f32', logits: null, help: false,
    });
  });

  test('keeps the images in their order', () => {
    expect(parseAsk([...whole, '--image', 'b.png', '--image', 'a.png']).images).toEqual(['b.png', 'a.png']);
  });

  test.each([
    ['--model', 'a .gguf file'], ['--prompt', 'a question'],
  ])('says what %s takes when it is missing, and when it is empty', (flag, what) => {
    const at = whole.indexOf(flag);
    const without = whole.toSpliced(at, 2);
    for (const [args, why] of [[without, 'missing'], [[...without, flag, '  '], 'empty']] as const) {
      const { code, message, remedy } = refusal(...args);
      expect(code).toBe('settings/invalid');
      expect(message).toBe(`${flag} is ${why}.`);
      expect(remedy).toContain(what);
    }
  });

  test.each([
    ['--weights', 'q4', 'f32, f16, int8, int4'],
    ['--backend', 'cuda', 'auto, webgpu, wasm'],
    ['--max-new', '0', 'from 1 to 4096'],
    ['--max-new', '2.5', 'whole number'],
    ['--max-new', '', 'whole number'],
    ['--temperature', 'hot', 'from 0 to 4'],
    ['--top-k', '2.5', 'a whole number'],
    ['--top-p', '2', 'from 0 to 1'],
    ['--seed', 'Infinity', 'whole number'],
  ])('refuses %s %j and says what is allowed', (flag, value, allowed) => {
    const { message, remedy } = refusal(...whole, flag, value);
    expect(message).toBe(`${flag} cannot be "${value}".`);
    expect(remedy).toContain(allowed);
  });

  test('refuses a flag that it does not know, and names those that it does', () => {
    const { message, remedy } = refusal(...whole, '--promt', 'x');
    expect(message).toContain('--promt');
    for (const flag of ['--model', '--prompt', '--logits']) expect(remedy).toContain(flag);
  });

  test('refuses words that belong to no flag', () => {
    expect(refusal(...whole, 'what').message).toContain('what');
  });

  test('says how a value is written that begins with a dash', () => {
    expect(refusal('--model', 'x', '--prompt', '-1 and 2?').remedy).toContain('--prompt=');
    expect(parseAsk(['--model', 'x', '--prompt=-1 and 2?']).prompt).toBe('-1 and 2?');
  });

  test('asks for nothing more where help is wanted, which names every flag', () => {
    expect(parseAsk(['--help']).help).toBe(true);
    for (const [flag] of refusal('--nothing').remedy.matchAll(/--[\w-]+/g)) if (flag !== '--help') expect(askHelp).toContain(flag);
  });
});
