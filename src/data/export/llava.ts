/** Records as files in LLaVA's format, written piece by piece, so that a pool of any size takes no memory. `import/json.ts` reads them. */
import { toLlava } from '../llava';
import type { InstructionRecord } from '../types';

export type Records = Iterable<InstructionRecord> | AsyncIterable<InstructionRecord>;

/** A JSON list, one record a line; `imageFile` turns the name of an image into the name of its file. */
export async function* llavaList(records: Records, imageFile?: (image: string) => string): AsyncGenerator<string> {
  let before = '[\n';
  for await (const record of records) {
    yield `${before}${JSON.stringify(toLlava(record, imageFile))}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/** JSONL. */
export async function* llavaLines(records: Records, imageFile?: (image: string) => string): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(toLlava(record, imageFile))}\n`;
}
