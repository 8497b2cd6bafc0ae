/** Counts what a thread asks of IndexedDB, by standing in front of the API's own methods. */
const methods = [
  ...(['add', 'put', 'get', 'getAll', 'openCursor', 'delete'] as const).map((name) => ({ of: IDBObjectStore.prototype, name })),
  ...(['get', 'getAll', 'getKey', 'openKeyCursor'] as const).map((name) => ({ of: IDBIndex.prototype, name })),
];

/** Starts to count and gives what reads the count. To be called once in a thread. */
export function countRequests(): () => number {
  let requests = 0;
  for (const { of, name } of methods) {
    const original = Reflect.get(of, name) as (...args: unknown[]) => IDBRequest;
    Reflect.set(of, name, function (this: IDBObjectStore | IDBIndex, ...args: unknown[]): IDBRequest {
      requests++;
      return original.apply(this, args);
    });
  }
  return () => requests;
}
