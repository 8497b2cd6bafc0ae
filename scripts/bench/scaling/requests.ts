/** Counts what a thread asks of IndexedDB's object stores, by standing in front of the API's own methods. */
const methods = ['add', 'put', 'get', 'getAll', 'delete'] as const;

/** Starts to count and gives what reads the count. To be called once in a thread. */
export function countRequests(): () => number {
  let requests = 0;
  for (const name of methods) {
    const original = Reflect.get(IDBObjectStore.prototype, name) as (...args: unknown[]) => IDBRequest;
    Reflect.set(IDBObjectStore.prototype, name, function (this: IDBObjectStore, ...args: unknown[]): IDBRequest {
      requests++;
      return original.apply(this, args);
    });
  }
  return () => requests;
}
