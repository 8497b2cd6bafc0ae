/** Goes through the works of models one after the other, whatever they run in, and gathers rows and failures. */
import type { ProductOn } from '../../../src/bench/measure';
import type { ModelMeasured, Peaks } from '../../../src/bench/models/measured';
import { modelPatience } from '../../../src/bench/models/patience';
import { modelRowOf, type ModelFailure, type ModelRow } from '../../../src/bench/models/row';
import type { ModelCase } from '../../../src/bench/models/work';
import { kindOf } from '../../../src/bench/patience';
import { reasonOf, type Results } from './run';
import { tableOf } from './table';

/** Where a case is measured: every call in a thread or process of its own. */
export interface ModelsPlace {
  /** Whether WebGPU is the CPU in disguise here. */
  software: boolean;
  model(of: ModelCase, steps: number): Promise<ModelMeasured>;
  /** The most that the device of this case does. */
  peaks(of: ModelCase, on: ProductOn): Promise<Peaks>;
}

export interface ModelResults {
  rows: ModelRow[];
  failures: ModelFailure[];
}

/** Of all works. */
export interface AllResults {
  rows: (Results['rows'][number] | ModelRow)[];
  failures: (Results['failures'][number] | ModelFailure)[];
}

export function together(others: Results, models: ModelResults): AllResults {
  return { rows: [...others.rows, ...models.rows], failures: [...others.failures, ...models.failures] };
}

/** @param steps that count of each; where nothing is said, as many as the place has patience for */
export async function runModels(cases: readonly ModelCase[], steps: number | undefined, place: ModelsPlace, say: (line: string) => void): Promise<ModelResults> {
  const known = new Map<string, Peaks>();
  const peaksOf = async (of: ModelCase, on: ProductOn): Promise<Peaks> => {
    const peaks = known.get(of.backend) ?? await place.peaks(of, on);
    if (!known.has(of.backend)) say(`ours on ${of.backend}: ${peaks.device}; it copies ${(peaks.copy / 1e9).toFixed(1)} GB/s, read and written`);
    known.set(of.backend, peaks);
    return peaks;
  };
  const results: ModelResults = { rows: [], failures: [] };
  for (const of of cases) {
    const { work, backend, runtime, implementation } = of;
    const on = kindOf(backend, place.software);
    try {
      const peaks = await peaksOf(of, on);
      const row = modelRowOf(of, await place.model(of, steps ?? modelPatience(work, on)), peaks);
      results.rows.push(row);
      say((tableOf([row])[1] as string).replace(/ +/g, ' '));
    } catch (error) {
      const reason = reasonOf(error);
      results.failures.push({ work, backend, runtime, implementation, reason });
      say(`${work} ${backend} ${implementation} FAILED: ${reason}`);
    }
  }
  return results;
}
