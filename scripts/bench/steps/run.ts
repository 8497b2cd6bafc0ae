/** Goes through all cases one after the other, whatever they run in, and gathers rows and failures. */
import type { Measured, ProductOn } from '../../../src/bench/measure';
import { kindOf, patience } from '../../../src/bench/patience';
import { rowOf, workOf, type Case, type Failure, type Row } from '../../../src/bench/row';
import type { Backend, Implementation } from '../../../src/bench/work';
import { tableOf } from './table';

/** Where a case is measured: every call in a thread or process of its own. */
export interface Place {
  /** Whether WebGPU is the CPU in disguise here. */
  software: boolean;
  measure(of: Case, steps: number): Promise<Measured>;
  product(implementation: Implementation, backend: Backend, on: ProductOn): Promise<{ rate: number; device: string }>;
}

export interface Results {
  rows: Row[];
  failures: Failure[];
}

/** @param steps that count of each; where nothing is said, as many as the place has patience for */
export async function run(cases: readonly Case[], steps: number | undefined, place: Place, say: (line: string) => void): Promise<Results> {
  const rates = new Map<string, number>();
  const rateOf = async ({ implementation, backend }: Case): Promise<number> => {
    const known = rates.get(`${implementation} ${backend}`);
    if (known !== undefined) return known;
    const { rate, device } = await place.product(implementation, backend, kindOf(backend, place.software));
    say(`${implementation} on ${backend}: ${device}`);
    rates.set(`${implementation} ${backend}`, rate);
    return rate;
  };
  const results: Results = { rows: [], failures: [] };
  for (const of of cases) {
    const { backend, runtime, implementation } = of;
    try {
      const rate = await rateOf(of);
      const row = rowOf(of, await place.measure(of, steps ?? patience(of.task, kindOf(backend, place.software))), rate);
      results.rows.push(row);
      say((tableOf([row])[1] as string).replace(/ +/g, ' '));
    } catch (error) {
      const reason = reasonOf(error);
      results.failures.push({ work: workOf(of), backend, runtime, implementation, reason });
      say(`${workOf(of)} ${backend} ${implementation} FAILED: ${reason}`);
    }
  }
  return results;
}

/** Of a failure that came from a thread, whose text brings its own stack along. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] as string;
}
