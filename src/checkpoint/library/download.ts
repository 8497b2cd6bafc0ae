/**
 * Copies a model from its source into the library: planned, three files at once, each checked, and gone on with where
 * an earlier call of the same source broke off.
 */
import type { KeepProgress, KeptModel } from '../../../workers/protocol';
import type { Source } from '../source';
import type { ModelDisk } from './disk';
import { mismatch } from './failures';
import { ModelWriter, type NewModel } from './model-writer';
import { type PlannedFile, planOf } from './plan';
import { Meter } from './progress';
import { readRecord, storedName, toKept } from './record';
import { orCancelled, settled } from './settle';

const lanes = 3;
const again = 'Keep the model again; if it stays so, the file is damaged where it comes from.';

/**
 * Keeps the source's model under the id; the caller is alone with it. Where the same model is kept already it is
 * returned; where another is, that one stays until this one is whole. Throws `checkpoint/*`: after
 * `checkpoint/unreachable` what is there stays to be gone on with, after anything else nothing of it is left.
 */
export async function download(
  disk: ModelDisk, model: NewModel, source: Source, signal: AbortSignal, tell: (progress: KeepProgress) => void,
): Promise<KeptModel> {
  const writer = await ModelWriter.begin(disk, model);
  return settled(writer, model.name, signal, async () => {
    const plan = await orCancelled(planOf(source), model.name, signal);
    const kept = await keptSame(disk, model.id, plan);
    if (kept !== undefined) {
      await writer.abandon();
      return kept;
    }
    await writer.resume(plan);
    const meter = new Meter(tell);
    meter.expect(plan.reduce((sum, { bytes }) => sum + bytes, 0));
    await fetchAll(source, plan, writer, signal, meter);
    signal.throwIfAborted();
    return writer.finish();
  });
}

/** The kept model of this id, if it is certain to be what is planned and is all there. */
async function keptSame(disk: ModelDisk, id: string, plan: readonly PlannedFile[]): Promise<KeptModel | undefined> {
  const folder = await disk.folder(id);
  const record = folder && await readRecord(folder);
  if (folder === undefined || record === undefined || record.files.length !== plan.length) return undefined;
  for (const { file, bytes, validator, hashes } of plan) {
    const kept = record.files.find((other) => other.file === file);
    const stored = await folder.file(storedName(record.generation, file));
    if (kept?.bytes !== bytes || stored?.size !== bytes) return undefined;
    const same = hashes.length > 0 ? hashes.every(({ sha256 }) => sha256 === kept.sha256) : validator !== undefined && validator === kept.validator;
    if (!same) return undefined;
  }
  return toKept(record);
}

/** Fetches what is missing. The first failure stops all lanes, and is thrown when they stand still. */
async function fetchAll(source: Source, plan: readonly PlannedFile[], writer: ModelWriter, signal: AbortSignal, meter: Meter): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const waiting = [...plan];
  let failure: { cause: unknown } | undefined;
  const lane = async (): Promise<void> => {
    try {
      for (let next = waiting.shift(); next !== undefined && !either.aborted; next = waiting.shift()) {
        if (writer.digest(next.file) === undefined) await fetchOne(source, next, writer, either, meter);
        meter.moved(next.file, next.bytes, next.bytes);
        checkHashes(next, writer.digest(next.file));
      }
    } catch (cause) {
      failure ??= { cause };
      stop.abort();
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failure !== undefined) throw failure.cause;
}

async function fetchOne(source: Source, { file, bytes }: PlannedFile, writer: ModelWriter, signal: AbortSignal, meter: Meter): Promise<void> {
  const sink = await writer.file(file, () => signal.throwIfAborted());
  // A tab that closed between the last byte and its note leaves nothing to fetch.
  if (sink.bytes < bytes) {
    for await (const piece of source.bytes(file, sink.bytes, undefined, signal)) {
      signal.throwIfAborted();
      if (sink.bytes + piece.length > bytes) throw mismatch(file, `${bytes} bytes`, 'more', again);
      await sink.write(piece);
      meter.moved(file, sink.bytes, bytes);
    }
  }
  if (sink.bytes !== bytes) throw mismatch(file, `${bytes} bytes`, `${sink.bytes}`, again);
  await sink.close();
}

function checkHashes({ file, hashes }: PlannedFile, found: string | undefined): void {
  const wrong = hashes.find(({ sha256 }) => sha256 !== found);
  if (wrong !== undefined) throw mismatch(file, `SHA-256 ${wrong.sha256} by ${wrong.by}`, `${found}`, again);
}
