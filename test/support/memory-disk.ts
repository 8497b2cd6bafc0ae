/**
 * The library's disk in memory: with a quota, with failures at a chosen write, and with folders that outlive the tab.
 */
import type { Appender, ModelDisk, ModelFolder } from '../../src/checkpoint/library/disk';
import { ComdError } from '../../src/errors';

type Bytes = Uint8Array<ArrayBuffer>;

export class MemoryDisk implements ModelDisk {
  readonly folders = new Map<string, Map<string, Bytes>>();
  readonly #held = new Set<string>();
  quota = Infinity;
  /** Bytes that the estimate does not know of, as other tabs and other programs write them. */
  unseen = 0;
  /** Called before every change of the disk; what it throws is what the disk throws. */
  onWrite: (what: string) => void = () => undefined;
  /** Files that are open for writing. */
  readonly open = new Set<string>();

  get used(): number {
    return [...this.folders.values()].flatMap((folder) => [...folder.values()]).reduce((sum, bytes) => sum + bytes.length, 0);
  }

  /** What the disk looks like to a tab that is opened after this one broke. */
  reopened(): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [id, folder] of this.folders) disk.folders.set(id, new Map(folder));
    return disk;
  }

  /** Every file by `id/name`. */
  contents(): Map<string, Bytes> {
    return new Map([...this.folders].flatMap(([id, folder]) => [...folder].map(([name, bytes]) => [`${id}/${name}`, bytes] as const)));
  }

  ids(): Promise<string[]> {
    return Promise.resolve([...this.folders.keys()]);
  }

  folder(id: string): Promise<ModelFolder | undefined> {
    const files = this.folders.get(id);
    return Promise.resolve(files && this.#opened(id, files));
  }

  create(id: string): Promise<ModelFolder> {
    const files = this.folders.get(id) ?? new Map<string, Bytes>();
    this.folders.set(id, files);
    return Promise.resolve(this.#opened(id, files));
  }

  async discard(id: string): Promise<void> {
    this.onWrite(`discard ${id}`);
    this.#refuseOpen(`${id}/`);
    this.folders.delete(id);
  }

  room(): Promise<{ used: number; quota: number; persisted: boolean }> {
    return Promise.resolve({ used: this.used, quota: this.quota, persisted: false });
  }

  async alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (this.#held.has(id)) throw new ComdError('run/busy', `${id} is being worked on.`, 'Wait.');
    this.#held.add(id);
    try {
      return await work();
    } finally {
      this.#held.delete(id);
    }
  }

  busy(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(this.#held));
  }

  #opened(id: string, files: Map<string, Bytes>): ModelFolder {
    const write = (name: string, bytes: Bytes): void => {
      this.onWrite(`write ${name}`);
      const growth = bytes.length - (files.get(name)?.length ?? 0);
      if (this.used + this.unseen + growth > this.quota) throw new DOMException('full', 'QuotaExceededError');
      files.set(name, bytes);
    };
    return {
      names: () => Promise.resolve([...files.keys()]),
      file: (name) => Promise.resolve(files.has(name) ? new File([files.get(name) as Bytes], name) : undefined),
      append: async (name) => {
        this.#refuseOpen(`${id}/${name}`);
        if (!files.has(name)) write(name, new Uint8Array(0));
        return this.#appender(`${id}/${name}`, () => files.get(name) ?? new Uint8Array(0), (bytes) => write(name, bytes));
      },
      put: async (name, text) => write(name, new TextEncoder().encode(text)),
      remove: async (name) => {
        this.#refuseOpen(`${id}/${name}`);
        if (files.has(name)) this.onWrite(`remove ${name}`);
        files.delete(name);
      },
    };
  }

  #appender(path: string, read: () => Bytes, write: (bytes: Bytes) => void): Appender {
    this.open.add(path);
    return {
      get bytes() { return read().length; },
      write(bytes) {
        const before = read();
        const after = new Uint8Array(before.length + bytes.length);
        after.set(before);
        after.set(bytes, before.length);
        write(after);
      },
      close: () => { this.open.delete(path); },
    };
  }

  #refuseOpen(path: string): void {
    if ([...this.open].some((other) => other.startsWith(path))) throw new DOMException(`${path} is open`, 'NoModificationAllowedError');
  }
}
