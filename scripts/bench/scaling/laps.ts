/** Times works that are done again and again, and counts what each asks of IndexedDB. */
import { type CpuClock, cpuOf } from './cpu';
import { costOf, type PoolsRow } from './row';

interface Lap {
  what: string;
  items: number;
  milliseconds: number;
  cpuSeconds: number;
  requests: number;
}

export class Laps {
  readonly #laps: Lap[] = [];
  readonly #requests: () => number;
  readonly #cpu: CpuClock;

  /** @param requests reads how many requests there have been so far */
  constructor(requests: () => number, cpu: CpuClock) {
    this.#requests = requests;
    this.#cpu = cpu;
  }

  /** Does a work for so many records and gives what comes of it. */
  async of<T>(what: string, items: number, work: () => T | Promise<T>): Promise<T> {
    let value: T | undefined;
    await this.ofMany(what, async () => {
      value = await work();
      return items;
    });
    return value as T;
  }

  /** Does a work that says in the end for how many records it was done. */
  async ofMany(what: string, work: () => Promise<number>): Promise<void> {
    const before = { requests: this.#requests(), cpu: await this.#cpu() };
    const begin = performance.now();
    const items = await work();
    const milliseconds = performance.now() - begin;
    this.#laps.push({ what, items, milliseconds, cpuSeconds: await this.#cpu() - before.cpu, requests: this.#requests() - before.requests });
  }

  /** One row for each work, in the order in which they were first done. Where counts differ, their mean is said. */
  rows(records: number): PoolsRow[] {
    return [...new Set(this.#laps.map(({ what }) => what))].map((what) => {
      const own = this.#laps.filter((lap) => lap.what === what);
      const mean = (of: (lap: Lap) => number): number => own.reduce((sum, lap) => sum + of(lap), 0) / own.length;
      const items = mean((lap) => lap.items);
      const cost = costOf(own.map(({ milliseconds }) => milliseconds), cpuOf(own.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0), own.length));
      return { what, records, items: Math.round(items), ...cost, msPerRecord: cost.ms / items, requestsPerRecord: mean((lap) => lap.requests) / items };
    });
  }
}
