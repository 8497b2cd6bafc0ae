/** Goes through all cases one after the other, whatever they run in, and gathers rows and failures. */
import type { Measured, ProductOn } from './measure';
import { rowOf, tableOf, workOf, type Case, type Row } from './row';
import type { Backend, Implementation, Task } from './work';

/** Where a case is measured: every call in a thread or process of its own. */
export interface Place {
  /** Whether WebGPU is the CPU in disguise here. */
  software: boolean;
  measure(of: Case, steps: number): Promise<Measured>;
  product(implementation: Implementation, backend: Backend, on: ProductOn): Promise<{ rate: number; device: string }>;
}

export interface Failure extends Pick<Row, 'work' | 'backend' | 'runtime' | 'implementation'> {
  reason: string;
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
    const { rate, device } = await place.product(implementation, backend, kindOf(place, backend));
    say(`${implementation} on ${backend}: ${device}`);
    rates.set(`${implementation} ${backend}`, rate);
    return rate;
  };
  const results: Results = { rows: [], failures: [] };
  for (const of of cases) {
    const { backend, runtime, implementation } = of;
    try {
      const rate = await rateOf(of);
      const row = rowOf(of, await place.measure(of, steps ?? patience(of.task, kindOf(place, backend))), rate);
      results.rows.push(row);
      say((tableOf([row])[1] as string).replace(/ +/g, ' '));
    } catch (error) {
      // What comes from a thread brings its own stack along in the text.
      const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
      results.failures.push({ work: workOf(of), backend, runtime, implementation, reason });
      say(`${workOf(of)} ${backend} ${implementation} FAILED: ${reason}`);
    }
  }
  return results;
}

function kindOf({ software }: Place, backend: Backend): ProductOn {
  if (backend === 'wasm') return 'wasm';
  return software ? 'software' : 'hardware';
}

/** A training step of stock operations takes up to twenty seconds on a software adapter, and milliseconds on a GPU. */
function patience(task: Task, on: ProductOn): number {
  if (on === 'hardware') return 30;
  return task === 'train' && on === 'software' ? 3 : 10;
}
