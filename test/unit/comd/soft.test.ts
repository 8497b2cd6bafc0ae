/** Soft targets in the cycle: who gets them, who learns from them, and when they are refused. */
import { describe, expect, it } from 'vitest';
import { checkSoftTargets, softScorer } from '../../../src/comd/soft';
import { bundledPrompts } from '../../../src/comd/prompts/bundled';
import type { Cast } from '../../../src/comd/run';
import type { InstructionRecord } from '../../../src/data/types';
import { toyModel } from '../../support/toy-model';
import { newHome, runThrough, timeless, toySettings } from '../../support/toy-run';
import { toyWorld } from '../../support/toy-world';

const record: InstructionRecord = {
  id: 'r', image: 'red-star-pool-1', instruction: 'what colour does this shape have', answer: 'red', source: 'teacher', iteration: 1,
};

/** A loaded cast whose models have the tokenizers named. */
async function castOf(student: string | null, teacher: string | null): Promise<Cast> {
  const actor = async (name: string, tokenizer: string | null) => {
    const model = toyModel(name, 0.5, () => undefined);
    const info = await model.load({ kind: 'url', url: name }, { backend: 'wasm', weights: 'f32' }, () => undefined);
    return { model, info: { ...info, tokenizer } };
  };
  return { student: await actor('student', student), teacher: await actor('teacher', teacher) };
}

describe('soft targets in the cycle', () => {
  it('are kept with what the teacher answered', async () => {
    const cast = await castOf('t', 't');
    await cast.teacher.model.see([{ name: record.image, pixels: await toyWorld.pixels(record.image) }]);
    const [softened] = await softScorer(cast, bundledPrompts, toySettings({ softWeight: 1, softK: 3 }))([record]);
    expect(softened).toMatchObject(record);
    expect(softened?.soft?.k).toBe(3);
  });

  it('are not asked for where they are off', async () => {
    const cast = await castOf('t', 't');
    expect(await softScorer(cast, bundledPrompts, toySettings())([record])).toEqual([record]);
  });

  it('need one tokenizer', async () => {
    const settings = toySettings({ softWeight: 0.5 });
    const shared = await castOf('t', 't');
    expect(() => checkSoftTargets(shared, settings)).not.toThrow();
    const unshared = await castOf('t', 'u');
    expect(() => checkSoftTargets(unshared, settings)).toThrow('tokenizer');
    expect(() => checkSoftTargets(unshared, toySettings())).not.toThrow();
  });

  it('change what the student learns, and the same seed still gives the same report', async () => {
    const soft = toySettings({ softWeight: 1, iterations: 2 });
    const [first, again] = [await runThrough(newHome(), soft), await runThrough(newHome(), soft)];
    expect(timeless(again)).toEqual(timeless(first));
    const plain = await runThrough(newHome(), toySettings({ iterations: 2 }));
    expect(first.iterations[1]?.losses).not.toEqual(plain.iterations[1]?.losses);
  });
});
