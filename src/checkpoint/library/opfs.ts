/**
 * The library's disk in the browser: the origin's private file system, and Web Locks to keep tabs apart. Writing needs
 * sync access handles, which only workers have; reading works anywhere.
 */
import { namesIn, orUndefined, writeWhole } from '../private-files';
import type { Appender, ModelDisk, ModelFolder, Room } from './disk';
import { busy } from './failures';

const folderName = 'comd-models';
const lockPrefix = 'comd-web model ';

/** Sweeping takes a model's lock for a moment; whoever holds it longer is at work. */
const patienceMs = 1000;

export function opfsDisk(): ModelDisk {
  return {
    async ids() {
      return namesIn(await openRoot());
    },
    async folder(id) {
      const root = await openRoot();
      const handle = await orUndefined(root.getDirectoryHandle(id));
      return handle && opfsFolder(handle);
    },
    async create(id) {
      const root = await openRoot();
      return opfsFolder(await root.getDirectoryHandle(id, { create: true }));
    },
    async discard(id) {
      const root = await openRoot();
      await orUndefined(root.removeEntry(id, { recursive: true }));
    },
    room,
    alone,
    async busy() {
      const { held = [] } = await navigator.locks.query();
      return new Set(held.flatMap(({ name = '' }) => name.startsWith(lockPrefix) ? [name.slice(lockPrefix.length)] : []));
    },
  };
}

async function openRoot(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(folderName, { create: true });
}

function opfsFolder(handle: FileSystemDirectoryHandle): ModelFolder {
  return {
    names: () => namesIn(handle),
    async file(name) {
      const file = await orUndefined(handle.getFileHandle(name));
      return file && orUndefined(file.getFile());
    },
    async append(name) {
      const file = await handle.getFileHandle(name, { create: true });
      return appender(await file.createSyncAccessHandle());
    },
    async put(name, text) {
      // Unlike a sync access handle, this takes the place of what is there only when it is whole.
      await writeWhole(handle, name, text);
    },
    async remove(name) {
      await orUndefined(handle.removeEntry(name));
    },
  };
}

function appender(handle: FileSystemSyncAccessHandle): Appender {
  let at = handle.getSize();
  return {
    get bytes() { return at; },
    write(bytes) {
      const written = handle.write(bytes, { at });
      if (written !== bytes.length) throw notWritten(written);
      at += written;
    },
    close() {
      try {
        handle.flush();
      } finally {
        handle.close();
      }
    },
  };
}

/** Chromium does not throw where the quota ends: it returns its own code for that, cast to an unsigned number. */
const noSpace = -8;

function notWritten(returned: number): DOMException {
  const code = returned | 0;
  if (code >= 0 || code === noSpace) return new DOMException('The bytes could not all be written.', 'QuotaExceededError');
  return new DOMException(`The browser could not write to its store (file error ${code}).`, 'OperationError');
}

async function room(): Promise<Room> {
  const [{ usage = 0, quota = Infinity }, persisted] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()]);
  return { used: usage, quota, persisted };
}

async function alone<T>(id: string, work: () => Promise<T>): Promise<T> {
  let held = false;
  try {
    return await navigator.locks.request(`${lockPrefix}${id}`, { signal: AbortSignal.timeout(patienceMs) }, () => {
      held = true;
      return work();
    });
  } catch (cause) {
    throw held ? cause : busy('This model', cause);
  }
}
