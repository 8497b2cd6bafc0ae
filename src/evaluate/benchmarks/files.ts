/**
 * The folder of a benchmark as its readers see it, and its JSON read with the place of what is wrong. It opens nothing
 * itself: who holds the files hands them in.
 */
import * as v from 'valibot';
import { ComdError } from '../../errors';
import type { Refusal } from './benchmark';

/** A folder; paths are relative to it, with forward slashes. */
export interface BenchmarkFiles {
  /** Whether there is a file of that path. */
  has(path: string): Promise<boolean>;
  /** A file as text. Throws `data/malformed-record` naming it where it cannot be read. */
  text(path: string): Promise<string>;
}

/** The first of several paths that is there. */
export async function firstThere(files: BenchmarkFiles, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await files.has(path)) return path;
  return undefined;
}

/** As {@link firstThere}. Throws `data/malformed-record` naming all paths where none is there. */
export async function neededFile(files: BenchmarkFiles, paths: readonly string[], benchmark: string): Promise<string> {
  const found = await firstThere(files, paths);
  if (found !== undefined) return found;
  throw new ComdError('data/malformed-record', `The folder of ${benchmark} has no file "${paths.join('" or "')}".`,
    'Give the folder that the benchmark was unpacked into; docs/benchmarks.md says what lies in it.');
}

/** A whole JSON file of this shape. Throws `data/malformed-record` naming file and field. */
export async function readJson<S extends v.GenericSchema>(files: BenchmarkFiles, path: string, schema: S): Promise<v.InferOutput<S>> {
  const value = parsed(await files.text(path));
  if (value === undefined) throw malformed(path, 'it is not JSON');
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw malformed(path, issueOf(result));
}

/** A line of a JSONL file, numbered from 1, as a value or as what is wrong with it. */
export type Line<T> = { row: number; value: T } | { row: number; fault: string };

/** The lines of a JSONL file, empty ones skipped. */
export async function readLines<S extends v.GenericSchema>(files: BenchmarkFiles, path: string, schema: S): Promise<Line<v.InferOutput<S>>[]> {
  const lines = (await files.text(path)).split('\n').map((text, index) => ({ text: text.trim(), row: index + 1 }));
  return lines.filter(({ text }) => text !== '').map(({ text, row }) => ({ row, ...checked(schema, parsed(text)) }));
}

/** One row checked: its value, or the field that is at fault with the reason. */
export function checked<S extends v.GenericSchema>(schema: S, row: unknown): { value: v.InferOutput<S> } | { fault: string } {
  if (row === undefined) return { fault: 'it is not JSON' };
  const result = v.safeParse(schema, row);
  return result.success ? { value: result.output } : { fault: issueOf(result) };
}

/** Splits lines into those that can be used and refusals that name file and row. */
export function sorted<T>(path: string, lines: readonly Line<T>[]): { values: T[]; refused: Refusal[] } {
  return {
    values: lines.flatMap((line) => ('value' in line ? [line.value] : [])),
    refused: lines.flatMap((line) => ('fault' in line ? [{ id: `${path}:${line.row}`, reason: line.fault }] : [])),
  };
}

/** Ids are numbers in some files and texts in others. */
export const Id = v.pipe(v.union([v.pipe(v.string(), v.nonEmpty()), v.pipe(v.number(), v.integer())]), v.transform(String));

/** A text with something in it. */
export const Text = v.pipe(v.string(), v.check((text) => text.trim() !== '', 'it is empty'));

function parsed(text: string): unknown {
  try {
    // A byte order mark is no JSON, and some editors leave one.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    return undefined;
  }
}

function issueOf({ issues: [issue] }: { issues: [v.BaseIssue<unknown>, ...unknown[]] }): string {
  return `${v.getDotPath(issue) ?? 'the row'}: ${issue.message}`;
}

function malformed(path: string, what: string): ComdError {
  return new ComdError('data/malformed-record', `"${path}" cannot be read (${what}).`, 'Unpack the benchmark again; docs/benchmarks.md says where it is to be had.');
}
