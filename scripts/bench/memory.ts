/**
 * The memory of a page's measured thread, asked for through the browser's own protocol while the thread is at work: its
 * JavaScript heap and the buffers that belong to it, garbage included. The memory of WASM is no part of it.
 */
import type { CDPSession, Page } from 'playwright-core';

const everyMs = 50;

interface HeapUsage {
  usedSize: number;
  /** Buffers outside of the heap that objects on it own. */
  backingStorageSize?: number;
}

export class ThreadMemory {
  readonly #session: CDPSession;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #target: string | undefined;
  #calls = 0;

  constructor(session: CDPSession) {
    this.#session = session;
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker' && /worker-/.test(targetInfo.url)) this.#target = sessionId;
    });
    session.on('Target.detachedFromTarget', ({ sessionId }) => {
      if (sessionId === this.#target) this.#target = undefined;
    });
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
      if (id === undefined) return;
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
  }

  static async of(page: Page): Promise<ThreadMemory> {
    const session = await page.context().newCDPSession(page);
    const memory = new ThreadMemory(session);
    await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    return memory;
  }

  /** Calls `work` and gives what it gave, with how far the thread's memory grew meanwhile over what it was before. */
  async growth<T>(work: () => Promise<T>): Promise<{ value: T; bytes: number }> {
    // The browser tells of a new thread by itself, which may be after the thread's first answer.
    while (this.#target === undefined) await pause();
    await this.#call('HeapProfiler.collectGarbage');
    const before = await this.#used();
    let most = before;
    let over = false;
    const watching = (async () => {
      while (!over) {
        most = Math.max(most, await this.#used());
        await pause();
      }
    })();
    try {
      return { value: await work(), bytes: most - before };
    } finally {
      over = true;
      await watching;
    }
  }

  async #used(): Promise<number> {
    const { usedSize, backingStorageSize = 0 } = await this.#call('Runtime.getHeapUsage') as HeapUsage;
    return usedSize + backingStorageSize;
  }

  async #call(method: string): Promise<unknown> {
    const id = ++this.#calls;
    const answer = new Promise((resolve) => { this.#waiting.set(id, resolve); });
    await this.#session.send('Target.sendMessageToTarget', { sessionId: this.#target, message: JSON.stringify({ id, method }) });
    return answer;
  }
}

function pause(): Promise<void> {
  return new Promise((wake) => { setTimeout(wake, everyMs); });
}
