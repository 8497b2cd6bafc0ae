/**
 * Time that the CPU gave to the browser, which a busy machine stretches far less than the time on the clock. It is counted in
 * ticks of ten milliseconds and for all of the browser's processes together: its threads, its storage and its GPU.
 */
import type { BrowserContext } from 'playwright-core';

/** Seconds so far. */
export type CpuClock = () => Promise<number>;

/** Less than this many milliseconds are too few ticks to tell anything. */
const least = 100;

/** What one of some works took in milliseconds, that took so many seconds together; null where that was too little. */
export function cpuOf(seconds: number, works: number): number | null {
  return seconds * 1000 < least ? null : seconds * 1000 / works;
}

export async function cpuClockOf(context: BrowserContext): Promise<CpuClock> {
  const session = await context.browser()?.newBrowserCDPSession();
  if (session === undefined) throw new Error('This browser does not tell of its processes.');
  return async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
}
