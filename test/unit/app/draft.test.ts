import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAddress, writeAddress } from '../../../src/app/address';
import { check, differences, draftOf, settingNames, textOf, write, type Draft } from '../../../src/app/draft';
import { screens } from '../../../src/app/screens';
import { presets, settingsOf, type PresetName } from '../../../src/presets';
import { schema, type Setting, type SettingName } from '../../../src/settings';

const emoji: Draft = { preset: 'emoji', texts: {} };

/** A text that a setting takes. */
function validText(name: SettingName): fc.Arbitrary<string> {
  const setting: Setting = schema[name];
  if (setting.kind === 'choice') return fc.constantFrom(...setting.choices);
  if (setting.kind === 'flag') return fc.boolean().map(String);
  if (setting.kind === 'text' && setting.placeholders) return fc.constantFrom(`Say this.\n${setting.placeholders.map((each) => `{${each}}`).join('\n')}`);
  if (setting.kind === 'text') return fc.constantFrom('org/name', 'https://host.test/a model', 'kept:7');
  return (setting.integer ? fc.integer({ min: setting.min, max: setting.max }) : fc.double({ min: setting.min, max: setting.max, noNaN: true })).map(String);
}
const drafts: fc.Arbitrary<Draft> = fc.tuple(
  fc.constantFrom(...(Object.keys(presets) as PresetName[])),
  fc.array(fc.constantFrom(...settingNames).chain((name) => fc.tuple(fc.constant(name), validText(name))), { maxLength: 6 }),
).map(([preset, changes]) => changes.reduce((draft, [name, text]) => write(draft, name, text), { preset, texts: {} } as Draft));

describe('a draft of settings', () => {
  test('shows the preset where nothing was changed', () => {
    expect(textOf({ preset: 'tiny', texts: {} }, 'pool')).toBe('16');
    expect(check(emoji)).toEqual({ settings: settingsOf('emoji'), refused: {} });
  });

  test('does not count as changed what says the same as the preset in other words', () => {
    expect(write(emoji, 'tau', '0.330')).toEqual(emoji);
    expect(write(write(emoji, 'tau', '0.4'), 'tau', '0.33')).toEqual(emoji);
  });

  test('keeps a text that is refused, with the reason and what is allowed, and settings without it', () => {
    const { settings, refused } = check(write(emoji, 'tau', '2'));
    expect(refused.tau?.message).toContain('"tau"');
    expect(refused.tau?.remedy).toContain('0 to 1');
    expect(settings.tau).toBe(0.33);
  });

  test('names in words what differs from the preset', () => {
    expect(differences('quick', { ...settingsOf('quick'), seed: 7, dedupe: 'global' })).toEqual(['seed 7', 'dedupe global']);
    const template = `Write\na question like {seed}. ${'Be brief. '.repeat(20)}`;
    const [told] = differences('quick', { ...settingsOf('quick'), augmentPrompt: template });
    expect(told).toMatch(/^augmentPrompt Write a question like \{seed\}\..{1,60}…$/);
  });

  test('is recovered from the settings it gives', () => {
    fc.assert(fc.property(drafts, (draft) => {
      const { settings } = check(draft);
      expect(check(draftOf(draft.preset, settings)).settings).toEqual(settings);
    }));
  });
});

describe('the address of the page', () => {
  test('is bare for the default and names only what differs from the preset', () => {
    expect(writeAddress({ screen: 'run', draft: emoji, autostart: false })).toBe('');
    expect(writeAddress({ screen: 'run', draft: write({ preset: 'tiny', texts: {} }, 'tau', '0.4'), autostart: true })).toBe('?preset=tiny&tau=0.4&autostart=1');
  });

  test('gives back the settings that were written into it', () => {
    fc.assert(fc.property(fc.constantFrom(...screens), drafts, fc.boolean(), fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }), (screen, draft, autostart, steps) => {
      const read = readAddress(writeAddress({ screen, draft, autostart, steps }));
      expect(read.steps).toBe(steps);
      expect(read.error).toBeNull();
      expect(read.screen).toBe(screen);
      expect(read.autostart).toBe(autostart);
      expect(check(read.draft)).toEqual(check(draft));
      expect(read.draft.preset).toBe(draft.preset);
    }));
  });

  test('names a screen beside the settings, and the run where it names none or one that does not exist', () => {
    expect(readAddress('?screen=models&tau=0.5')).toMatchObject({ screen: 'models', error: null, given: true });
    expect(readAddress('?screen=models').given).toBe(false);
    expect(readAddress('?tau=0.5').screen).toBe('run');
    expect(readAddress('?screen=modles').screen).toBe('run');
  });

  test('is said to name settings only when it does', () => {
    expect(readAddress('?autostart=1').given).toBe(false);
    expect(readAddress('?preset=emoji').given).toBe(true);
    expect(readAddress('?seed=3').given).toBe(true);
  });

  test.each([
    ['?tau=2', '"tau"', '0 to 1'],
    ['?backend=cuda', '"backend"', 'auto, webgpu, wasm'],
    ['?preset=toString', '"toString"', Object.keys(presets).join(', ')],
    ['?screen=toString', '"toString"', screens.join(', ')],
    ['?screen=speed&steps=0', '"0"', '1 to 1000'],
    ['?screen=speed&steps=two', '"two"', '1 to 1000'],
    ['?colour=red', '"colour"', 'tau'],
    ['?easyPrompt=unlike', '"easyPrompt" lacks {seed}', '{seed}'],
    ['?assessPrompt={instruction}{a}{b}{c}', '{c}', '{instruction}, {a} and {b}'],
  ])('refuses %s by name and says what is allowed', (search, name, allowed) => {
    const { error } = readAddress(search);
    expect(error?.code).toBe('settings/invalid');
    expect(error?.message).toContain(name);
    expect(error?.remedy).toContain(allowed);
  });

  test('keeps a refused text for its field, and does not write it again', () => {
    const { draft } = readAddress('?tau=2&seed=5');
    expect(textOf(draft, 'tau')).toBe('2');
    expect(writeAddress({ screen: 'run', draft, autostart: false })).toBe('?seed=5');
  });
});
