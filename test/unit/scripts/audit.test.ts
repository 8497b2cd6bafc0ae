/** The command line of the audit, and its tables. */
import { describe, expect, test } from 'vitest';
import { readAuditWishes } from '../../../scripts/audit/wishes';
import { auditTables } from '../../../scripts/audit/table';
import { ComdError } from '../../../src/errors';
import type { Audit } from '../../../src/experiments/audit/audit';
import { ratesOf } from '../../../src/experiments/audit/rates';

describe('the flags', () => {
  test('have the defaults that the help names', () => {
    expect(readAuditWishes([])).toEqual({ preset: 'emoji', overrides: { seed: 1, backend: 'auto' }, teacher: null, items: 600, json: null, help: false });
  });

  test('are read', () => {
    expect(readAuditWishes(['--items', '40', '--seed', '7', '--teacher', 'build/teacher', '--preset', 'quick', '--set', 'prompts=bundled', '--json', 'a.json'])).toMatchObject({
      preset: 'quick', overrides: { seed: 7, backend: 'auto', prompts: 'bundled' }, teacher: 'build/teacher', items: 40, json: 'a.json',
    });
  });

  test.each([
    [['--items', '0'], '--items'], [['--seed', 'x'], '"seed"'], [['--backend', 'gpu'], '"backend"'], [['--preset', 'big'], '"big"'],
    [['--set', 'tau'], 'tau'], [['--set', 'assessor=x'], 'assessor'], [['--sead', '1'], '--sead'], [['stray'], 'stray'],
  ])('refuse %j by name', (args, named) => {
    const error = (() => { try { readAuditWishes(args); } catch (thrown) { return thrown; } })();
    expect(error).toBeInstanceOf(ComdError);
    expect((error as ComdError).code).toBe('settings/invalid');
    expect((error as ComdError).message).toContain(named);
  });
});

describe('the tables', () => {
  const half = ratesOf(['name', 'name', 'odd', 'odd'], [true, true, false, false]);
  const all = ratesOf(['name', 'name'], [true, true]);
  const audit: Audit = {
    answers: { learned: all, heldOutStyle: half, blind: half },
    marks: { rightFirst: half, rightSecond: all, both: half, unreadable: 3, comparisons: 8, unpaired: 1 },
    instructions: { seeds: 2, wellFormed: all, answerable: all, sound: all, fresh: half, useful: half, ofSeedKind: null },
  };
  const lines = auditTables(audit).split('\n');

  test('have a row for each kind and one for all, with dashes where there is nothing', () => {
    expect(lines.find((line) => line.startsWith('name'))).toMatch(/^name +2 +100\.0 % +100\.0 % +100\.0 %$/);
    expect(lines.find((line) => line.startsWith('odd'))).toMatch(/^odd +0 +– +0\.0 % +0\.0 %$/);
    expect(lines.find((line) => line.startsWith('all'))).toMatch(/^all +2 +100\.0 % +50\.0 % +50\.0 %$/);
  });

  test('say where wrong answers come from, what was left out, and how much was unreadable', () => {
    expect(auditTables(audit)).toMatch(/Wrong answers: the true answer to the same question about another held-out image.*Left out, because they have none: 1\./);
    expect(auditTables(audit)).toContain('3 of 8 comparisons');
  });

  test('say of every target whether it is reached', () => {
    expect(lines.filter((line) => /reached$|missed$/.test(line)).map((line) => line.trim().split(/\s+/).at(-1))).toEqual(['reached', 'missed', 'reached', 'missed']);
  });
});
