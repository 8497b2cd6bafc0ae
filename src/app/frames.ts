/**
 * Events gathered until the next frame, then handed on a slice at a time, so that a burst (the replay after a reload)
 * never holds the main thread. It does not look at what it carries.
 */

/** Calls back once, soon. */
export type Schedule = (callback: () => void) => void;

/** The next animation frame, or half a second in a hidden tab, where frames do not come. */
export const nextFrame: Schedule = (callback) => {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    callback();
  };
  requestAnimationFrame(once);
  setTimeout(once, 500);
};

/** Lets the browser take a breath: what comes after it is a task of its own. */
export const nextTask = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve); });

/** How many items are handed on at once. Small enough that reducing them takes a few milliseconds. */
export const SLICE = 400;

/** Returns a function that takes one item; `deliver` gets them in order, at most {@link SLICE} a frame. */
export function gather<T>(deliver: (items: T[]) => void, schedule: Schedule): { put(item: T): void; clear(): void } {
  let waiting: T[] = [];
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    const items = waiting.slice(0, SLICE);
    waiting = waiting.slice(SLICE);
    if (items.length > 0) deliver(items);
    if (waiting.length > 0) plan();
  };
  const plan = () => {
    if (scheduled) return;
    scheduled = true;
    schedule(flush);
  };
  return {
    put: (item) => { waiting.push(item); plan(); },
    clear: () => { waiting = []; },
  };
}
