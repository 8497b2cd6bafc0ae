/**
 * One request for a file: given up when it stalls or is cancelled, told apart from a page that a server answers in the
 * file's place, and tried again after a pause. It knows nothing of ranges (`http-source.ts`) nor of what a file holds.
 */
import { ComdError } from '../errors';
import { cancelled } from './refusals';

/** How long a server is waited for. */
export interface Patience {
  /** Milliseconds without a byte after which a request is given up. */
  stall: number;
  /** Pauses before the second, third, … try, in milliseconds. There is one try more than pauses. */
  pauses: readonly number[];
}

export const patience: Patience = { stall: 30_000, pauses: [250, 1000, 3000] };

/** A failure that another try may cure. */
export class Stumble extends Error {
  /** Milliseconds that the server asks to be left alone for. */
  readonly wait: number;

  constructor(message: string, wait = 0) {
    super(message);
    this.wait = wait;
  }
}

/** A server that asks for more is asked again after this, in milliseconds. */
const longestWait = 60_000;
/** Characters of a refusal's text that are looked at. */
const longestReason = 10_000;

/** The server does not have the file: the one failure that an optional file may have. */
const absent = new Set([404, 410]);
/** Answers that may be different in a second: time-outs, throttling, a restarting server. */
const passing = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;
/** The answer to a range outside of the file, which is for the caller to explain. */
const outOfRange = 416;

/** One request, watched: it ends with a `Stumble` after `stall` milliseconds of waiting in vain, or when `signal` does. */
export class Attempt {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #cancel = (): void => this.#controller.abort(this.#caller?.reason);
  readonly #stall: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitingSince: number | undefined;

  constructor(stall: number, signal?: AbortSignal) {
    this.#stall = stall;
    this.#caller = signal;
    if (signal?.aborted) this.#cancel();
    signal?.addEventListener('abort', this.#cancel);
  }

  /** The response, or undefined where the server lacks the file. A response may still be a 416. */
  async request(url: string, fetcher: typeof fetch, init: RequestInit): Promise<Response | undefined> {
    const { signal } = this.#controller;
    const response = await this.#watched(() => orAborted(signal, fetcher(url, { ...init, signal })));
    if (response.status === outOfRange || (response.ok && !isPage(response))) return response;
    if (response.ok || absent.has(response.status)) return undefined;
    if (passing(response.status)) throw new Stumble(`the server answered ${response.status}`, waitOf(response));
    throw refused(url, response.status, await this.#reason(response));
  }

  /** The body in pieces. Time that the caller takes between two of them is not held against the server. */
  async *pieces(response: Response): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    const { signal } = this.#controller;
    // Ends a pending read whether or not the body listens to the signal by itself.
    const stop = (): void => void reader.cancel(signal.reason).catch(() => undefined);
    signal.addEventListener('abort', stop);
    try {
      for (;;) {
        const { done, value } = await this.#watched(() => reader.read());
        if (done) return;
        yield value;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  /** To be called in the end, however it came; what was not read of the answer is dropped. */
  close(): void {
    this.#controller.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#caller?.removeEventListener('abort', this.#cancel);
  }

  /** What a server gives as its reason, as hubs do: in a header, or as `error` of a short JSON. */
  async #reason(response: Response): Promise<string | undefined> {
    const told = response.headers.get('x-error-message');
    if (told !== null) return told;
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of this.pieces(response)) {
      text += decoder.decode(piece, { stream: true });
      if (text.length > longestReason) return undefined;
    }
    try {
      const { error } = JSON.parse(text) as { error?: unknown };
      return typeof error === 'string' ? error : undefined;
    } catch {
      return undefined;
    }
  }

  async #watched<T>(wait: () => Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    signal.throwIfAborted();
    this.#waitingSince = performance.now();
    // One timer for many short waits: it looks, when it fires, how long the present one has lasted.
    this.#timer ??= setTimeout(this.#look, this.#stall);
    try {
      return await wait();
    } finally {
      this.#waitingSince = undefined;
      signal.throwIfAborted();
    }
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    if (this.#waitingSince === undefined) return;
    const left = this.#stall - (performance.now() - this.#waitingSince);
    if (left <= 0) this.#controller.abort(new Stumble(`no byte came for ${this.#stall / 1000} s`));
    else this.#timer = setTimeout(this.#look, left);
  };
}

/** Counts the tries of one file and pauses between them. */
export class Tries {
  readonly #url: string;
  readonly #pauses: readonly number[];
  readonly #signal: AbortSignal | undefined;
  #failed = 0;
  #reached = false;

  constructor(url: string, pauses: readonly number[], signal?: AbortSignal) {
    this.#url = url;
    this.#pauses = pauses;
    this.#signal = signal;
  }

  /** A byte came through, so the next failure is a new one. */
  progress(): void {
    this.#failed = 0;
    this.#reached = true;
  }

  /**
   * Returns after a pause when another try is due. Throws `cause` where no try would help, `checkpoint/cancelled`, and
   * `checkpoint/unreachable` when the tries are used up. `received` says how far they came.
   */
  async again(cause: unknown, received?: string): Promise<void> {
    if (this.#signal?.aborted) throw cancelled(this.#url);
    if (cause instanceof ComdError) throw cause;
    const pause = this.#pauses[this.#failed++];
    if (pause === undefined) {
      // A browser says no more than this of an answer that it withholds from another site's page.
      const withheld = cause instanceof TypeError && !this.#reached && isOfAnotherSite(this.#url);
      throw unreachable(this.#url, withheld, `${this.#failed} tries${received === undefined ? '' : `, with ${received}`}`, cause);
    }
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(pause, cause instanceof Stumble ? cause.wait : 0));
      this.#signal?.addEventListener('abort', wake);
    });
    if (this.#signal?.aborted) throw cancelled(this.#url);
  }
}

function refused(url: string, status: number, reason: string | undefined): ComdError {
  return new ComdError(
    'checkpoint/missing-file',
    `${url} cannot be read: the server answered ${status}${reason === undefined ? '' : `, "${reason.slice(0, 300)}"`}; a file that anyone may read was expected.`,
    'Check the address and that the file may be read without signing in. Of a model that is private or asks you to accept terms, download the files with your account and open their folder from disk.',
  );
}

/** `Retry-After`, which is in seconds or a date; another site's scripts may not see it. */
function waitOf({ headers }: Response): number {
  const told = headers.get('retry-after') ?? '0';
  const wait = /^\d+$/.test(told) ? Number(told) * 1000 : Date.parse(told) - Date.now();
  return Math.min(Math.max(wait, 0) || 0, longestWait);
}

/** Single-page servers answer their index.html, with status 200, for any file they lack. */
function isPage(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/html') ?? false;
}

function orAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function unreachable(url: string, withheld: boolean, tries: string, cause: unknown): ComdError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ComdError(
    'checkpoint/unreachable',
    `${url} could not be fetched in ${tries}: ${reason}${withheld ? ', or the server does not let pages of other sites read its files (CORS)' : ''}.`,
    withheld
      ? 'Check the network and the address, then try again. If the address works in a tab of its own, download the files and open their folder from disk, or let the server send Access-Control-Allow-Origin.'
      : 'Check the network and the address, then try again.',
    { cause },
  );
}

/** Where there is no page, as in a terminal, there are no other sites. */
function isOfAnotherSite(url: string): boolean {
  const here: Location | undefined = globalThis.location;
  return here !== undefined && new URL(url, here.href).origin !== here.origin;
}
