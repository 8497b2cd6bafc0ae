/** A benchmark's result as lines of text. */
import type { BenchmarkResult } from './result';

/** The refused items that are named; a file holds them all. */
const shownRefusals = 10;

/** A result as lines for a terminal: a row for each category, the overall score, and what is in no score. */
export function resultTable(result: BenchmarkResult): string {
  const { measure, byCategory, overall, counts } = result;
  const rows = [...Object.entries(byCategory), [measure === 'accuracy' ? 'average' : 'overall', { score: overall, items: counts.scored }] as const];
  const width = Math.max(...rows.map(([name]) => name.length), 'category'.length);
  const line = (name: string, items: string, score: string): string => `${name.padEnd(width)}  ${items.padStart(6)}  ${score.padStart(7)}`;
  return [
    `${result.benchmark}: ${measure}${measure === 'accuracy' ? ', %' : ', reference = 100'}`,
    line('category', 'items', 'score'),
    ...rows.map(([name, { items, score }]) => line(name, number(items), score === null ? 'none' : score.toFixed(2))),
    ...notesOf(result),
  ].join('\n');
}

function notesOf({ measure, refused, counts }: BenchmarkResult): string[] {
  const unparsed = measure === 'accuracy' ? 'Answers that name no choice, counted as wrong' : 'Reviews without two marks, in no score';
  return [
    ...Object.entries(counts.leftOut).map(([what, count]) => `Left out, ${what}: ${number(count)}.`),
    ...(counts.unparsed > 0 ? [`${unparsed}: ${number(counts.unparsed)}.`] : []),
    ...(refused.length > 0 ? [`Refused, in no score: ${number(refused.length)} of ${number(counts.items)}. A score over fewer items is not that of the benchmark.`] : []),
    ...refused.slice(0, shownRefusals).map(({ id, reason }) => `  ${id}: ${reason}`),
    ...(refused.length > shownRefusals ? [`  and ${number(refused.length - shownRefusals)} more`] : []),
  ];
}

const number = (value: number): string => value.toLocaleString('en-US');
