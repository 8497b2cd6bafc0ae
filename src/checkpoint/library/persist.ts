/** Asks the browser to keep what is stored. Only a page may ask, no worker. */

let asked: Promise<boolean> | undefined;

/** Asks once, and only where it is not promised yet; whether it is promised now. A refusal is no error: all works as before. */
export function persistStorage(): Promise<boolean> {
  asked ??= navigator.storage.persisted().then((persisted) => persisted || navigator.storage.persist()).catch(() => false);
  return asked;
}
