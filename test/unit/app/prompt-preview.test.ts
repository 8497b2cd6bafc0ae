/** The preview of prompts, apart from any page. */
import { describe, expect, test } from 'vitest';
import { exampleSample, ownText, promptKinds, type PromptKindName, sampleFrom, turnOf } from '../../../src/app/prompt-preview';
import { naturalTemplates } from '../../../src/comd/prompts/natural';
import { defaults, type SettingName, schema, type TextSetting } from '../../../src/settings';
import { sampleOf } from '../../support/synthetic-run';

const { instruction, teacher, student, reference } = exampleSample;

describe('the preview of a prompt', () => {
  test('is what the bundled models are asked, filled with the sample', () => {
    expect(turnOf('teacher', defaults, exampleSample)).toBe(instruction);
    expect(turnOf('assess', defaults, exampleSample)).toBe(`assess: ${instruction}\nanswer A: ${teacher}\nanswer B: ${student}`);
    expect(turnOf('reference', defaults, exampleSample)).toContain(`reference: ${reference}`);
    expect(turnOf('easy', defaults, exampleSample)).toBe(`new rare question unlike: ${instruction}`);
  });

  test('follows the user\'s text and the model of the role', () => {
    expect(turnOf('augment', { ...defaults, augmentPrompt: 'Like: {seed}' }, exampleSample)).toBe(`Like: ${instruction}`);
    expect(turnOf('propose', { ...defaults, augmentor: 'org/model' }, exampleSample)).toBe(naturalTemplates.propose);
    expect(turnOf('propose', { ...defaults, assessor: 'org/model' }, exampleSample)).not.toBe(naturalTemplates.propose);
  });

  test('leaves no place unfilled in any role and family', () => {
    for (const prompts of ['bundled', 'natural'] as const) {
      for (const kind of Object.keys(promptKinds) as PromptKindName[]) expect(turnOf(kind, { ...defaults, prompts }, exampleSample)).not.toMatch(/\{\w+\}/);
    }
  });

  test('can show the record that was assessed last', () => {
    const sample = sampleOf(1, 2);
    expect(turnOf('assess', defaults, sampleFrom(sample))).toBe(`assess: ${sample.record.instruction}\nanswer A: a cat\nanswer B: the fish`);
  });
});

test('an empty template stands for a text that the setting itself would take', () => {
  for (const prompts of ['bundled', 'natural'] as const) {
    for (const [name, setting] of Object.entries(schema)) {
      const own = ownText(name as SettingName, { ...defaults, prompts });
      if (setting.group !== 'prompts' || setting.kind !== 'text') expect(own).toBe('');
      else expect(new Set([...own.matchAll(/\{(\w+)\}/g)].map(([, each]) => each))).toEqual(new Set((setting as TextSetting).placeholders));
    }
  }
});
