/** A stored `report.json` read again: only what the experiments show is looked at, and a file of another shape is none. */
import * as v from 'valibot';
import type { Report } from '../comd/report';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const cost = v.object({
  teacherCalls: v.number(), teacherTokens: v.number(), studentCalls: v.number(), steps: v.number(), trainedTokens: v.number(), seconds: v.number(),
});
const iteration = v.looseObject({
  iteration: v.number(), accuracy: v.nullable(share), heldOutStyle: v.nullable(share), tuningPool: v.number(), assessed: v.number(), difficult: v.number(),
  generated: v.number(), kept: v.number(), cost, seconds: v.looseObject({ tune: v.number() }),
});
const shape = v.looseObject({
  version: v.string(),
  preset: v.string(),
  seed: v.number(),
  settings: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  backend: v.picklist(['webgpu', 'wasm']),
  adapter: v.string(),
  teacher: v.looseObject({ name: v.string(), parameters: v.number(), accuracy: v.nullable(share), heldOutStyle: v.nullable(share) }),
  student: v.looseObject({ name: v.string(), parameters: v.number() }),
  baselines: v.object({ blind: v.nullable(share), aligned: v.nullable(share) }),
  iterations: v.pipe(v.array(iteration), v.minLength(1)),
  seconds: v.number(),
});

/** The report in `text`, or null where it is none that this version could have written. */
export function readReport(text: string): Report | null {
  try {
    const report: unknown = JSON.parse(text);
    return v.is(shape, report) ? report as unknown as Report : null;
  } catch {
    return null;
  }
}
