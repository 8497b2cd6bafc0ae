/** An audit as tables on the terminal. It judges nothing. */
import type { Audit } from '../../src/experiments/audit/audit';
import { triesPerSeed } from '../../src/experiments/audit/instructions';
import type { Rates } from '../../src/experiments/audit/rates';
import { targetsOf } from '../../src/experiments/audit/targets';
import { wrongAnswersAre } from '../../src/experiments/audit/wrong-answers';
import { percent } from '../../src/experiments/words';
import { aligned } from '../summary';

/** One table for each role by kind of question, and which targets are reached. */
export function auditTables(audit: Audit): string {
  return [answersTable(audit), marksTable(audit), instructionsTable(audit), targetsTable(audit)].map((lines) => lines.join('\n')).join('\n\n');
}

function answersTable({ answers: { learned, heldOutStyle, blind } }: Audit): string[] {
  return [
    'Answers: right, on the learned styles, on the held-out style, and of the blind baseline on the learned ones',
    ...byKind([['learned', learned], ['held-out style', heldOutStyle], ['blind', blind]]),
  ];
}

function marksTable({ marks: { rightFirst, rightSecond, both, unreadable, comparisons, unpaired } }: Audit): string[] {
  return [
    'Marks: the right answer got the higher one, shown first, shown second, and both times; a tie is not seen',
    ...byKind([['first', rightFirst], ['second', rightSecond], ['both', both]]),
    `Wrong answers: ${wrongAnswersAre}.${unpaired > 0 ? ` Left out, because they have none: ${unpaired}.` : ''}`,
    `Unreadable after all retries: ${unreadable} of ${comparisons} comparisons.`,
  ];
}

function instructionsTable({ instructions: { seeds, wellFormed, answerable, sound, fresh, useful, ofSeedKind } }: Audit): string[] {
  return [
    `New instructions, by the kind of their seed: ${seeds} seeds of the first pool, ${triesPerSeed} tries each`,
    ...byKind([['well-formed', wellFormed], ['answerable', answerable], ['both', sound], ['new', fresh], ['all three', useful], ['of the seed\'s kind', ofSeedKind]]),
  ];
}

function targetsTable(audit: Audit): string[] {
  return aligned([
    ['target', 'wanted', 'found', ''],
    ...targetsOf(audit).map(({ what, wanted, got, reached }) => [what, percent(wanted), percent(got), reached ? 'reached' : 'missed']),
  ]);
}

/** A row for each kind, and one for all; how many items there are is the first column's. */
function byKind(columns: readonly (readonly [string, Rates | null])[]): string[] {
  const kinds = [...new Set(columns.flatMap(([, rates]) => Object.keys(rates?.byKind ?? {})))].sort();
  const first = columns[0]?.[1];
  const row = (name: string, of: (rates: Rates) => Rates['all'] | undefined): string[] => [
    name, String((first && of(first))?.items ?? 0),
    ...columns.map(([, rates]) => {
      const rate = rates ? of(rates) : undefined;
      return rate && rate.items > 0 ? percent(rate.share) : '–';
    }),
  ];
  return aligned([
    ['kind', 'items', ...columns.map(([name]) => name)],
    ...kinds.map((kind) => row(kind, (rates) => rates.byKind[kind])),
    row('all', (rates) => rates.all),
  ]);
}
