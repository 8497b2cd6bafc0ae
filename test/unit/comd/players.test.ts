/** Three roles by up to three models: who is loaded, and who is asked what. */
import { describe, expect, it } from 'vitest';
import { placeOf, playerOf, playersNeeded } from '../../../src/comd/models';
import type { Role } from '../../../src/comd/events';
import { defaults, type Settings } from '../../../src/settings';
import type { ToyModel } from '../../support/toy-model';
import { conductorAt, newHome, timeless, toySettings, watchedRun } from '../../support/toy-run';

/** The kinds of work that a model was asked for. */
const worksOf = (model: ToyModel | undefined) => new Set((model?.asked ?? []).map(({ key }) => key.split('/')[0]));

describe('the players of a run', () => {
  it('are two unless another model is named for a role', () => {
    expect(playersNeeded(defaults)).toEqual(['student', 'teacher']);
    expect(playersNeeded({ ...defaults, assessor: 'org/a' })).toEqual(['student', 'teacher', 'assessor']);
    expect(playersNeeded({ ...defaults, assessor: 'org/a', augmentor: 'org/b' })).toEqual(['student', 'teacher', 'assessor', 'augmentor']);
  });

  it('are loaded once where two roles name the same model', () => {
    expect(playersNeeded({ ...defaults, assessor: 'org/a', augmentor: 'org/a' })).toEqual(['student', 'teacher', 'assessor']);
    expect(playersNeeded({ ...defaults, teacher: 'org/a', assessor: 'org/a', augmentor: 'org/a' })).toEqual(['student', 'teacher']);
    expect(playerOf('augmentor', { ...defaults, teacher: 'org/a', augmentor: 'org/a', assessor: 'org/b' })).toBe('teacher');
  });

  it('never share the student, which changes', () => {
    expect(playersNeeded({ ...defaults, student: 'org/a', teacher: 'org/a' })).toEqual(['student', 'teacher']);
    expect(playersNeeded({ ...defaults, student: 'org/a', assessor: 'org/a' })).toEqual(['student', 'teacher', 'assessor']);
  });

  it('come from the page, the library or an address', () => {
    const urlOf = (path: string) => `https://page.test/${path}`;
    expect(placeOf('', 'models/own', urlOf)).toEqual({ kind: 'url', url: 'https://page.test/models/own' });
    expect(placeOf('bundled:small', 'models/own', urlOf)).toEqual({ kind: 'url', url: 'https://page.test/models/small' });
    expect(placeOf('kept:7', 'models/own', urlOf)).toEqual({ kind: 'kept', id: '7' });
    expect(placeOf('org/name', 'models/own', urlOf)).toEqual({ kind: 'url', url: 'org/name' });
  });
});

describe('the prompt of a role', () => {
  const chat = (role: Role, changed: Partial<Settings>) => conductorAt(newHome()).conductor.chatPrompt('emoji', { ...defaults, ...changed }, role, 'what is it?');

  it('is put into the chat template of the model that plays it', async () => {
    expect(await chat('teacher', {})).toMatch(/USER: <models\/emoji-teacher>\nwhat is it\? ASSISTANT:$/);
    expect(await chat('student', {})).toContain('<models/emoji-student>');
    expect(await chat('augmentor', {})).toContain('<models/emoji-teacher>');
    expect(await chat('augmentor', { assessor: 'org/a', augmentor: 'org/a' })).toContain('<org/a>');
  });
});

describe('a run', () => {
  const asItIs = toySettings({ iterations: 2 });
  // Other models speak natural language by default; the toys know the bundled prompts only.
  const spoken = { ...asItIs, prompts: 'bundled' as const };

  it('asks assessor and augmentor for nothing but their own work', async () => {
    const { cast, report } = await watchedRun(newHome(), { ...spoken, assessor: 'org/a', augmentor: 'bundled:b' });
    expect(worksOf(cast.assessor)).toEqual(new Set(['assess']));
    expect(worksOf(cast.augmentor)).toEqual(new Set(['augment']));
    expect(worksOf(cast.teacher)).toEqual(new Set(['teacher', 'teacher-style', 'target']));
    expect(cast.assessor?.places).toEqual([{ kind: 'url', url: 'org/a' }]);
    expect(cast.augmentor?.places).toEqual([{ kind: 'url', url: 'models/b' }]);
    expect(report.assessor).toEqual({ name: 'toy assessor', parameters: 10 });
    expect(report.augmentor).toEqual({ name: 'toy augmentor', parameters: 10 });
  });

  it('lets one model play both roles', async () => {
    const { cast, report } = await watchedRun(newHome(), { ...spoken, assessor: 'org/a', augmentor: 'org/a' });
    expect(worksOf(cast.assessor)).toEqual(new Set(['assess', 'augment']));
    expect(cast.augmentor).toBeUndefined();
    expect(report.augmentor).toEqual({ name: 'toy assessor', parameters: 10 });
  });

  it('is the same whether the teacher or a model like it plays its roles', async () => {
    const settled = (report: Awaited<ReturnType<typeof watchedRun>>['report']) => {
      const { settings: _, assessor: _assessor, augmentor: _augmentor, ...rest } = report;
      return timeless(rest as typeof report);
    };
    const [one, three] = await Promise.all([watchedRun(newHome(), spoken), watchedRun(newHome(), { ...spoken, assessor: 'org/a', augmentor: 'org/b' })]);
    expect(settled(three.report)).toEqual(settled(one.report));
    expect(one.report).not.toHaveProperty('assessor');
  });
});
