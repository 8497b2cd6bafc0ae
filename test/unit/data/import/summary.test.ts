/** What became of an import, and the memory of ids behind it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeenIds } from '../../../../src/data/import/seen-ids';
import { ImportSummary, shownFaults } from '../../../../src/data/import/summary';

describe('the summary of an import', () => {
  it('counts what was taken, refused by field, and fields that nothing reads', () => {
    const summary = new ImportSummary();
    const row = { file: 'a', row: 1, id: 'a', image: 'a.png' };
    summary.add({ row: { ...row, caption: null, exchanges: [{ instruction: 'a', answer: 'b' }, { instruction: 'c', answer: 'd' }], ignored: ['model'] } });
    summary.add({ row: { ...row, caption: 'a cat', exchanges: [], ignored: ['model', 'url'] } });
    summary.add({ row: { ...row, caption: null, exchanges: [] } });
    for (let i = 0; i < 150; i++) summary.add({ fault: { file: 'a', row: 4 + i, field: `conversations[${i}].from`, reason: 'is "bard"' } });
    expect(summary).toMatchObject({ taken: 3, refused: 150, exchanges: 2, captions: 1, picturesAlone: 1, faults: { length: shownFaults } });
    expect([...summary.refusedByField]).toEqual([['conversations[].from', 150]]);
    expect([...summary.ignored]).toEqual([['model', 2], ['url', 1]]);
  });

  it('keeps a bounded number of names', () => {
    const summary = new ImportSummary();
    for (let i = 0; i < 5000; i++) summary.add({ fault: { file: 'a', row: i, field: `field${i}`, reason: 'is missing' } });
    expect(summary.refusedByField.size).toBeLessThan(1100);
    expect(summary.refusedByField.get('others')).toBeGreaterThan(3000);
  });
});

describe('seen ids', () => {
  it('tell what is new from what has come by', () => {
    fc.assert(fc.property(fc.array(fc.string({ maxLength: 3 })), (ids) => {
      const [seen, known] = [new SeenIds(), new Set<string>()];
      for (const id of ids) {
        expect(seen.add(id)).toBe(!known.has(id));
        known.add(id);
      }
    }));
  });

  it('take no id of a large file for another', () => {
    const seen = new SeenIds();
    for (let i = 0; i < 200_000; i++) if (!seen.add(String(i).padStart(12, '0'))) throw new Error(`${i} was taken for another`);
    for (let i = 0; i < 200_000; i += 1000) expect(seen.add(String(i).padStart(12, '0'))).toBe(false);
  });
});
