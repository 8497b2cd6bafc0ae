/**
 * One file over HTTP: retried when the network stumbles, recognised when a server answers a page instead of the
 * file, and streamed. It knows nothing of what the file holds.
 */
import { ComdError } from '../errors';

/** Waits before the second, third and fourth try, in milliseconds. */
const backOff = [250, 1000, 3000];

/** The server does not have the file: the one failure that an optional file may have. */
const absent = new Set([404, 410]);
/** Answers that may be different in a second: time-outs, throttling, a restarting server. */
const passing = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

/** A failure that another try may cure. */
class Stumble extends Error {}

/** Runs `use` on the file's response, anew after each network failure; undefined where the server lacks the file. */
export async function fetchFile<T>(url: string, fetcher: typeof fetch, use: (response: Response) => Promise<T>): Promise<T | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await request(url, fetcher);
      return response === undefined ? undefined : await use(response);
    } catch (cause) {
      if (cause instanceof ComdError) throw cause;
      if (attempt === backOff.length) throw unreachable(url, attempt + 1, cause);
      await new Promise((resolve) => setTimeout(resolve, backOff[attempt]));
    }
  }
}

/** Reads a body piece by piece until it ends or `take` returns true; what is left of it is then not fetched. */
export async function pump(response: Response, take: (piece: Uint8Array) => boolean): Promise<void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || take(value)) return;
    }
  } finally {
    // A connection that broke has nothing left to cancel, and its own error is the one to report.
    await reader.cancel().catch(() => undefined);
  }
}

/** The error for a file that must be there and is not. */
export function missingFile(url: string): ComdError {
  return new ComdError(
    'checkpoint/missing-file',
    `${url} is not there.`,
    'Check the address of the checkpoint folder and that all its files were copied.',
  );
}

async function request(url: string, fetcher: typeof fetch): Promise<Response | undefined> {
  const response = await fetcher(url);
  if (response.ok && !isPage(response)) return response;
  await response.body?.cancel();
  if (response.ok || absent.has(response.status)) return undefined;
  if (passing(response.status)) throw new Stumble(`the server answered ${response.status}`);
  throw new ComdError(
    'checkpoint/missing-file',
    `${url} cannot be read: the server answered ${response.status}.`,
    'Check that the file may be read without signing in.',
  );
}

/** Single-page servers answer their index.html, with status 200, for any file they lack. */
function isPage(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/html') ?? false;
}

function unreachable(url: string, tries: number, cause: unknown): ComdError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ComdError(
    'checkpoint/missing-file',
    `${url} could not be fetched in ${tries} tries: ${reason}.`,
    'Check the network and the address, then try again.',
    { cause },
  );
}
