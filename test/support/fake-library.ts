/** A library without a disk: it keeps note of the calls, and a copy goes on when it is told to. */
import { ComdError } from '../../src/errors';
import type { Composition, KeepProgress, KeptModel, Library, ModelPlace } from '../../workers/protocol';

export function keptModel(name: string, change: Partial<KeptModel> = {}): KeptModel {
  return {
    id: name.toLowerCase(), name, source: `https://huggingface.co/someone/${name}`, family: 'llava', bytes: 3_000_000, kept: '2026-01-02T03:04:05.000Z',
    files: [
      { file: 'config.json', bytes: 1_200, sha256: '0a'.repeat(32) }, { file: 'model.safetensors', bytes: 2_998_800, sha256: 'f3'.repeat(32) },
    ],
    ...change,
  };
}

export class FakeLibrary implements Library {
  readonly calls: string[] = [];
  kept: KeptModel[] = [];
  broken: Awaited<ReturnType<Library['unfinished']>> = [];
  space = { used: 2_000_000_000, quota: 60_000_000_000, persisted: true };
  /** When set, the copy or check under way fails with it at its end. */
  failure: Error | null = null;
  #underWay: { hear(progress: KeepProgress): void; end(): void; fail(error: Error): void } | null = null;

  /** Lets what is under way tell this. */
  move(progress: KeepProgress): void {
    this.#underWay?.hear(progress);
  }

  /** Lets what is under way come to its end. */
  finish(): void {
    if (this.failure === null) this.#underWay?.end();
    else this.#underWay?.fail(this.failure);
  }

  async list(): Promise<KeptModel[]> {
    return [...this.kept];
  }

  async unfinished(): ReturnType<Library['unfinished']> {
    return [...this.broken];
  }

  async room(): Promise<{ used: number; quota: number; persisted: boolean }> {
    return this.space;
  }

  async keep(place: ModelPlace, onProgress: (progress: KeepProgress) => void): Promise<KeptModel> {
    const name = place.kind === 'url' ? place.url : place.kind === 'files' ? place.name : place.id;
    await this.#work(`keep ${name}`, onProgress);
    return this.#add(keptModel(name.split('/').at(-1) ?? name, { source: name }));
  }

  async cancel(): Promise<void> {
    this.calls.push('cancel');
    this.#underWay?.fail(new ComdError('checkpoint/cancelled', 'It was cancelled.', 'Nothing of it is left.'));
  }

  verify(id: string, onProgress: (progress: KeepProgress) => void): Promise<void> {
    return this.#work(`verify ${id}`, onProgress);
  }

  async remove(id: string): Promise<void> {
    this.calls.push(`remove ${id}`);
    this.kept = this.kept.filter((model) => model.id !== id);
    this.broken = this.broken.filter((copy) => copy.id !== id);
  }

  async compose(parts: Composition, onProgress: (progress: KeepProgress) => void): Promise<KeptModel> {
    await this.#work(`compose ${JSON.stringify(parts)}`, onProgress);
    return this.#add(keptModel(parts.name, { source: 'composed of two parts' }));
  }

  async archive(id: string): Promise<File> {
    this.calls.push(`archive ${id}`);
    return new File(['PK'], `${id}.zip`, { type: 'application/zip' });
  }

  #work(call: string, hear: (progress: KeepProgress) => void): Promise<void> {
    this.calls.push(call);
    const ended = new Promise<void>((end, fail) => { this.#underWay = { hear, end, fail }; });
    return ended.finally(() => { this.#underWay = null; });
  }

  #add(model: KeptModel): KeptModel {
    this.kept = [model, ...this.kept];
    return model;
  }
}
