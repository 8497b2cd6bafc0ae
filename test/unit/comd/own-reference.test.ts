import { describe, expect, test } from 'vitest';
import { bundledPrompts } from '../../../src/comd/prompts/bundled';
import { assessor, type Comparison } from '../../../src/comd/roles';
import type { Speaker } from '../../../src/comd/speaker';
import { settingsOf } from '../../../src/presets';

/** A model that says `own` when it is asked to answer, and marks alike when it is asked to mark. */
function judge(own: (instruction: string) => string) {
  const asked: { prompt: string; temperature: number }[] = [];
  const speaker: Speaker = async (requests, { temperature }) => requests.map(({ prompt }) => {
    asked.push({ prompt, temperature });
    return { text: prompt.startsWith('assess: ') ? 'I see it.\nscore A: 9\nscore B: 2' : own(prompt), tokens: 3 };
  });
  return { asked, speaker };
}

const comparison = (instruction: string, reference: string | null = null): Comparison => (
  { key: instruction, image: 'picture', instruction, a: 'red', b: 'blue', reference }
);

describe('an assessor that answers first', () => {
  const settings = settingsOf('tiny', { ownReference: true });

  test('is shown its own greedy answer, asked for once for each instruction', async () => {
    const { asked, speaker } = judge(() => 'green');
    const { calls, tokens, sheets } = await assessor(speaker, bundledPrompts, settings)([comparison('what colour?'), { ...comparison('what colour?'), a: 'blue', b: 'red' }]);
    expect(asked.map(({ prompt }) => prompt)).toEqual([
      bundledPrompts.answer('what colour?'), bundledPrompts.assess('what colour?', 'red', 'blue', 'green'), bundledPrompts.assess('what colour?', 'blue', 'red', 'green'),
    ]);
    expect(asked[0]?.temperature).toBe(0);
    expect([calls, tokens]).toEqual([3, 9]);
    expect(sheets).toEqual([{ a: 9, b: 2 }, { a: 9, b: 2 }]);
  });

  test('goes by the known answer where there is one, and by none where it has nothing to say', async () => {
    const { asked, speaker } = judge(() => '');
    await assessor(speaker, bundledPrompts, settings)([comparison('what colour?', 'red'), comparison('how many?')]);
    expect(asked.map(({ prompt }) => prompt)).toEqual([
      bundledPrompts.answer('how many?'), bundledPrompts.assess('what colour?', 'red', 'blue', 'red'), bundledPrompts.assess('how many?', 'red', 'blue', null),
    ]);
  });

  test('does so only where it is asked to', async () => {
    const { asked, speaker } = judge(() => 'green');
    await assessor(speaker, bundledPrompts, settingsOf('tiny', { ownReference: false }))([comparison('what colour?')]);
    expect(asked).toHaveLength(1);
  });
});
