/** A library of own data without a database: it keeps note of the calls, and taking in goes on when it is told to. */
import { ComdError } from '../../src/errors';
import type { ArchiveFormat, DataLibrary, DataPreview, GivenFile, OwnSet, TakeProgress, Taken, TakeWishes } from '../../workers/data-protocol';

export function ownSetNamed(name: string, change: Partial<OwnSet> = {}): OwnSet {
  return {
    id: name.toLowerCase(), name, made: '2026-01-02T03:04:05.000Z', format: 'LLaVA JSONL, 12 pictures beside it', licence: 'CC BY 4.0', heldOutOnly: false, bytes: 3_000_000,
    counts: { records: 90, pairs: 0, tests: 10, pictures: 100, open: 90, unasked: 0 }, ...change,
  };
}

const fault = { file: 'birds/rows.jsonl', row: 4, field: 'image', reason: 'names the picture "gone.png", which is not among the files given' };

export class FakeDataLibrary implements DataLibrary {
  readonly calls: string[] = [];
  sets: OwnSet[] = [];
  /** What the next taking in comes to. */
  outcome: Taken = {
    set: ownSetNamed('Birds'),
    summary: { taken: 100, refused: 2, pictures: 100, faults: [fault, { ...fault, row: 9, field: '', reason: '=cmd' }], refusedBy: [{ field: 'image', rows: 1 }, { field: '', rows: 1 }], ignored: [{ field: 'photographer', rows: 102 }] },
  };
  looked: DataPreview = {
    format: 'LLaVA JSONL, 1 picture beside it', bytes: 1000, looked: 3, whole: true, faults: [fault],
    rows: [{ row: { file: 'birds/rows.jsonl', row: 1, id: 'a', image: '', caption: null, exchanges: [{ instruction: 'What sings?', answer: 'a wren' }] }, picture: null }],
  };
  /** When set, looking fails with it. */
  failure: Error | null = null;
  #underWay: { hear(progress: TakeProgress): void; end(): void; fail(error: Error): void } | null = null;

  move(progress: TakeProgress): void {
    this.#underWay?.hear(progress);
  }

  finish(): void {
    this.#underWay?.end();
  }

  async list(): Promise<OwnSet[]> {
    return [...this.sets];
  }

  async room(): ReturnType<DataLibrary['room']> {
    return { used: 2_000_000_000, quota: 60_000_000_000, persisted: true };
  }

  async preview(files: GivenFile[], encoding: string): Promise<DataPreview> {
    this.calls.push(`preview ${files.map(({ path }) => path).join(' ')} ${encoding}`);
    if (this.failure !== null) throw this.failure;
    const [first, ...others] = this.looked.rows;
    const picture = files.find(({ path }) => path.endsWith('.png'))?.file ?? null;
    return first === undefined ? this.looked : { ...this.looked, rows: [{ ...first, picture }, ...others] };
  }

  async take(files: GivenFile[], wishes: TakeWishes, hear: (progress: TakeProgress) => void): Promise<Taken> {
    this.calls.push(`take ${files.length} ${JSON.stringify(wishes)}`);
    await new Promise<void>((end, fail) => { this.#underWay = { hear, end, fail }; });
    if (this.outcome.set !== null) this.sets = [this.outcome.set, ...this.sets];
    return this.outcome;
  }

  async cancel(): Promise<void> {
    this.calls.push('cancel');
    this.#underWay?.fail(new ComdError('data/cancelled', 'It was cancelled.', 'Nothing of it is stored.'));
  }

  async remove(id: string): Promise<void> {
    this.calls.push(`remove ${id}`);
    this.sets = this.sets.filter((set) => set.id !== id);
  }

  async archive(id: string, format: ArchiveFormat): Promise<File> {
    this.calls.push(`archive ${id} ${format}`);
    return new File(['PK'], `${id}.zip`, { type: 'application/zip' });
  }
}
