import { beforeEach, describe, expect, test } from 'vitest';
import type { ModelsEvent } from '../../../../src/app/models/events';
import { Faults } from '../../../../src/app/models/faults';
import { LibrarySession } from '../../../../src/app/models/library-session';
import { ComdError } from '../../../../src/errors';
import { FakeLibrary, keptModel } from '../../../support/fake-library';

const place = { kind: 'url', url: 'https://host.test/tiny' } as const;
const corrupt = new ComdError('checkpoint/corrupt', '"model.safetensors" has another hash.', 'Keep it anew.');

let library: FakeLibrary;
let session: LibrarySession;
let told: ModelsEvent[];
let now: number;
beforeEach(() => {
  library = new FakeLibrary();
  told = [];
  now = 0;
  session = new LibrarySession(library, (event) => told.push(event), (callback) => callback(), () => now);
});

describe('the library on the screen', () => {
  test('shows what is kept, what broke off and how much room there is', async () => {
    expect(session.kept.value).toBeNull();
    library.kept = [keptModel('Tiny')];
    library.broken = [{ id: 'b', name: 'Broken', source: 'https://host.test/broken', bytes: 1, of: 2 }];
    await session.refresh();
    expect(session.kept.value).toEqual(library.kept);
    expect(session.unfinished.value).toEqual(library.broken);
    expect(session.room.value).toEqual(library.space);
  });

  test('keeps a model with progress, which it tells, and then lists it', async () => {
    const kept = session.keep(place);
    library.move({ file: 'model.safetensors', loaded: 5, total: 20, done: 6, of: 30 });
    expect(session.chore.value).toMatchObject({ kind: 'keep', name: 'tiny', transfer: { done: 6, of: 30, files: [{ file: 'model.safetensors', loaded: 5, total: 20 }] } });
    expect(told).toEqual([{ type: 'copy', file: 'model.safetensors', loaded: 5, total: 20, done: 6, of: 30 }]);
    library.finish();
    expect((await kept).name).toBe('tiny');
    expect(session.chore.value).toBeNull();
    expect(session.kept.value?.map(({ name }) => name)).toEqual(['tiny']);
  });

  test('cancels once, and has room for another chore after it', async () => {
    const kept = session.keep(place);
    await Promise.all([session.cancel(), session.cancel()]);
    await expect(kept).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    expect(library.calls.filter((call) => call === 'cancel')).toHaveLength(1);
    const again = session.keep(place);
    library.finish();
    await again;
  });

  test('does one thing at a time, and says what it is at', async () => {
    const kept = session.keep(place);
    await expect(session.remove({ id: 'other', name: 'other' })).rejects.toMatchObject({ code: 'run/busy', message: expect.stringContaining('"tiny"') });
    expect(library.calls).toEqual(['keep https://host.test/tiny']);
    library.finish();
    await kept;
  });

  test('shows what a copy that broke off has left', async () => {
    library.failure = new ComdError('checkpoint/unreachable', 'The server is silent.', 'Try again.');
    const kept = session.keep(place);
    library.broken = [{ id: 'b', name: 'tiny', source: place.url, bytes: 1, of: 2 }];
    library.finish();
    await expect(kept).rejects.toBe(library.failure);
    expect(session.unfinished.value).toHaveLength(1);
  });

  test('says how long verifying took, or what is wrong, and forgets the verdict before', async () => {
    const model = keptModel('Tiny');
    let verified = session.verify(model);
    now = 1_500;
    library.finish();
    await verified;
    expect(session.verdicts.value).toEqual({ tiny: { seconds: 1.5 } });
    library.failure = corrupt;
    verified = session.verify(model);
    expect(session.verdicts.value).toEqual({});
    library.finish();
    await verified;
    expect(session.verdicts.value).toEqual({ tiny: { error: corrupt } });
  });

  test('composes, deletes and archives', async () => {
    library.kept = [keptModel('Old')];
    const composed = session.compose({ tower: place, decoder: place, connector: 'mlp', name: 'Student', seed: 1 });
    library.finish();
    await composed;
    await session.remove({ id: 'old', name: 'Old' });
    expect(session.kept.value?.map(({ name }) => name)).toEqual(['Student']);
    expect((await session.archive({ id: 'student', name: 'Student' })).name).toBe('student.zip');
  });
});

describe('the errors of a screen', () => {
  test('are shown until the next attempt, and not when the user wanted the end', async () => {
    const faults = new Faults();
    expect(await faults.attempt(() => { throw corrupt; })).toBeNull();
    expect(faults.error.value).toBe(corrupt);
    expect(await faults.attempt(() => 7)).toBe(7);
    expect(faults.error.value).toBeNull();
    await faults.attempt(() => Promise.reject(new ComdError('checkpoint/cancelled', 'Cancelled.', 'Nothing.')));
    expect(faults.error.value).toBeNull();
    await faults.attempt(() => { throw new TypeError('boom'); });
    expect(faults.error.value).toMatchObject({ code: 'run/unexpected', message: expect.stringContaining('boom') });
  });
});
