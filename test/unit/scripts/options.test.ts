import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { helpText, parseOptions } from '../../../scripts/options';
import { ComdError } from '../../../src/errors';
import { presets } from '../../../src/presets';
import { schema } from '../../../src/settings';

function refusal(...args: string[]): ComdError {
  try {
    parseOptions(args);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
  throw new Error(`${args.join(' ')} was not refused`);
}

describe('the command line of distill', () => {
  test('runs the emoji preset when nothing is said', () => {
    expect(parseOptions([])).toEqual({ preset: 'emoji', overrides: {}, data: null, out: null, open: false, help: false });
  });

  test('takes the quick preset by its short flag', () => {
    expect(parseOptions(['--quick']).preset).toBe('quick');
    expect(parseOptions(['--quick', '--preset', 'quick']).preset).toBe('quick');
  });

  test('refuses two presets at once', () => {
    expect(refusal('--quick', '--preset', 'tiny').message).toContain('tiny');
  });

  test('reads the flags of settings, and any other setting by --set', () => {
    const { overrides } = parseOptions(['--tau', '0.5', '--seed=7', '--backend', 'wasm', '--set', 'pool=32', '--set', 'asciiStart=false']);
    expect(overrides).toEqual({ tau: 0.5, seed: 7, backend: 'wasm', pool: 32, asciiStart: false });
  });

  test('takes the strategy and the models of all roles by flags', () => {
    const { overrides } = parseOptions(['--strategy', 'one-way', '--assessor', 'org/a', '--augmentor=bundled:b']);
    expect(overrides).toEqual({ strategy: 'one-way', assessor: 'org/a', augmentor: 'bundled:b' });
    expect(refusal('--strategy', 'twoway').remedy).toContain('comd, random, one-way, none');
    expect(helpText()).toMatch(/--strategy VALUE +comd: .*random: .*one-way: .*none: /);
  });

  test('refuses a template that lacks a placeholder, or names one that is not filled in', () => {
    expect(parseOptions(['--set', 'assessPrompt=Q {instruction}\nA {a}\nB {b}']).overrides.assessPrompt).toBe('Q {instruction}\nA {a}\nB {b}');
    expect(refusal('--set', 'assessPrompt={instruction} {a}')).toMatchObject({ code: 'settings/invalid', message: 'The template of setting "assessPrompt" lacks {b}.' });
    expect(refusal('--set', 'augmentPrompt=like {seed} {tone}').message).toContain('{tone}');
    expect(refusal('--set', 'referencePrompt={instruction} {a} {b}').remedy).toContain('{instruction}, {reference}, {a} and {b}');
    expect(refusal('--set', 'proposePrompt=ask about {image}').remedy).toContain('no placeholder');
  });

  test('takes any tau of the declared range and refuses any other', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, min: -10, max: 10 }), (tau) => {
      const fits = tau >= schema.tau.min && tau <= schema.tau.max;
      const read = (): unknown => parseOptions([`--tau=${tau}`]).overrides.tau;
      if (fits) expect(read()).toBeCloseTo(tau, 12);
      else expect(read).toThrow(/tau/);
    }));
  });

  test('refuses an unknown flag and lists the known ones', () => {
    const error = refusal('--iteration', '3');
    expect(error.code).toBe('settings/invalid');
    expect(error.message).toContain('--iteration');
    for (const flag of ['--preset', '--strategy', '--iterations', '--tau', '--seed', '--backend', '--quick', '--out', '--open']) {
      expect(error.remedy).toContain(flag);
    }
  });

  test('refuses a word that belongs to no flag', () => {
    expect(refusal('quick').remedy).toContain('--quick');
  });

  test('refuses an unknown preset and lists the known ones', () => {
    const error = refusal('--preset', 'huge');
    for (const name of Object.keys(presets)) expect(error.remedy).toContain(name);
  });

  test('refuses an inherited name as a preset or a setting', () => {
    expect(refusal('--preset', 'toString').code).toBe('settings/invalid');
    expect(refusal('--set', 'constructor=1').code).toBe('settings/invalid');
  });

  test('refuses a wrong value and says which are allowed', () => {
    expect(refusal('--backend', 'cuda').remedy).toContain('auto, webgpu, wasm');
    expect(refusal('--iterations', '2.5').remedy).toContain('a whole number from 1 to 12');
    expect(refusal('--set', 'pool=many').message).toContain('pool');
  });

  test('refuses a --set without a name or a value', () => {
    expect(refusal('--set', 'pool').message).toContain('pool');
    expect(refusal('--set', '=3').remedy).toContain('NAME=VALUE');
  });

  test('names every preset and every setting in its help', () => {
    const text = helpText();
    for (const name of [...Object.keys(presets), ...Object.keys(schema)]) expect(text).toContain(name);
  });
});
