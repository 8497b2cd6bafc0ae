/** `npm run audit` as a user meets it, with the bundled teacher on a few items. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../scripts/built';
import type { Audit } from '../../src/experiments/audit/audit';
import { command } from '../support/command';

test('a teacher in a folder is audited in all roles, in tables and as JSON', async () => {
  const place = await mkdtemp(join(tmpdir(), 'comd-audit-'));
  try {
    const json = join(place, 'audit.json');
    const teacher = join(root, 'public/models/emoji-teacher');
    const { status, out, err } = await command('audit', ['--items', '12', '--backend', 'wasm', '--teacher', teacher, '--set', 'prompts=bundled', '--set', 'pool=40', '--json', json]);
    expect(err).not.toContain('Error');
    expect(status).toBe(0);
    expect(out).toContain('right answers on the learned styles');
    const found = JSON.parse(await readFile(json, 'utf8')) as Audit & { teacher: { name: string } };
    expect(found).toMatchObject({ teacher: { name: 'emoji-teacher' }, backend: 'wasm', answers: { learned: { all: { items: 12 } } }, instructions: { seeds: 2 } });
    // Among so few items some are asked what no other image has another answer to.
    expect(found.marks.comparisons + 2 * found.marks.unpaired).toBe(24);
  } finally {
    await rm(place, { recursive: true });
  }
});

test('a teacher that is not there is refused before anything is built', async () => {
  const { status, err } = await command('audit', ['--teacher', './no/such/teacher']);
  expect(status).toBe(2);
  expect(err).toContain('There is no file or folder "./no/such/teacher"');
});
