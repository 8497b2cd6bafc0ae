/** The signs of a run among its events: as the page folds them, and as they are played back. */
import { expect, test } from 'vitest';
import { blank, reduce } from '../../../src/app/state';
import type { RunEvent } from '../../../src/comd/events';
import { Playback } from '../../../src/comd/playback';
import { syntheticHealth } from '../../support/health';

test('the page keeps what was seen by iteration, and the later word on an iteration wins', () => {
  const view = [...[...syntheticHealth].reverse(), { ...syntheticHealth[0] as RunEvent & { type: 'health' } }].reduce(reduce, blank);
  expect(view.health.map(({ iteration, signs }) => [iteration, signs.length])).toEqual([[1, 0], [2, 1], [3, 2]]);
  expect(reduce(view, { type: 'health', iteration: 3, signs: [] }).health.at(-1)).toEqual({ iteration: 3, signs: [] });
});

test('a page that listens later hears the newest word on every iteration', () => {
  const playback = new Playback();
  for (const event of syntheticHealth) playback.hear(event);
  playback.hear({ type: 'health', iteration: 2, signs: [] });
  expect([...playback.replay()]).toEqual([syntheticHealth[0], { type: 'health', iteration: 2, signs: [] }, syntheticHealth[2]]);
  playback.clear();
  expect([...playback.replay()]).toEqual([]);
});
