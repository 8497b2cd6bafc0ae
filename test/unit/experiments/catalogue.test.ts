import { describe, expect, test } from 'vitest';
import { check } from '../../../src/app/draft';
import { experimentNames, experimentOf, experiments } from '../../../src/experiments/catalogue';
import type { Experiment } from '../../../src/experiments/experiment';
import { type PresetName, presets, settingsOf } from '../../../src/presets';
import type { SettingName } from '../../../src/settings';

const all: readonly Experiment[] = experiments;

describe('the catalogue of experiments', () => {
  test('names every experiment once, and none as all of them are named', () => {
    expect(new Set(experimentNames).size).toBe(experimentNames.length);
    expect(experimentNames).not.toContain('all');
    expect(experimentNames).toEqual(['tau', 'iterations', 'stage1', 'pool', 'student', 'strategies', 'parts', 'difficulty', 'domain', 'soft']);
  });

  test.each(experimentNames)('asks one thing in %s, over variants of different names and places', (name) => {
    const { question, variants, title } = experimentOf(name);
    expect(question).toMatch(/^[A-Z][^.?]*\?$/);
    expect(title).not.toBe('');
    expect(new Set(variants.map(({ label }) => label)).size).toBe(variants.length);
    const places = variants.map(({ x }) => x);
    expect([...new Set(places)].sort((a, b) => a - b)).toEqual(places);
  });

  test.each(experimentNames)('has one usual variant in %s, which the preset for experiments gives by itself', (name) => {
    const usual = experimentOf(name).variants.filter((variant) => variant.usual);
    expect(usual).toHaveLength(1);
    // A longer run stands for the usual one there.
    const changed = name === 'iterations' ? { iterations: 6 } : {};
    expect(settingsOf('experiment', usual[0]?.settings)).toEqual(settingsOf('experiment', changed));
  });

  test('gives every variant settings that the form and the command line would take', () => {
    for (const { variants } of all) {
      for (const { settings } of variants) {
        const texts = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])) as Partial<Record<SettingName, string>>;
        const checked = check({ preset: 'experiment', texts });
        expect(checked.refused).toEqual({});
        expect(checked.settings).toEqual(settingsOf('experiment', settings));
      }
    }
  });

  test('reads only iterations that every preset\'s run of the variant has', () => {
    for (const preset of Object.keys(presets) as PresetName[]) {
      for (const { variants } of all) {
        for (const { settings, reading } of variants) {
          if (reading.after !== 'last') expect(reading.after).toBeLessThanOrEqual(settingsOf(preset, settings).iterations);
        }
      }
    }
  });
});
