/** Single files and folders of the origin's private file system (OPFS). It knows nothing of what is kept there. */

/** What a call gives; undefined where there is no such file or folder. */
export async function orUndefined<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'NotFoundError') return undefined;
    throw cause;
  }
}

export async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

/** Writes a file whole: beside what is there, whose place it takes at the end. */
export async function writeWhole(folder: FileSystemDirectoryHandle, name: string, data: string | Uint8Array<ArrayBuffer>): Promise<void> {
  const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
  try {
    await writable.write(data);
    await writable.close();
  } catch (cause) {
    // Without this the file stays locked; a stream that failed by itself cannot be aborted again.
    await writable.abort().catch(() => undefined);
    throw cause;
  }
}

export const isQuota = (cause: unknown): boolean => cause instanceof DOMException && cause.name === 'QuotaExceededError';
