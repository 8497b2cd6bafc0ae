/**
 * The run's events as one line of text that a person in front of a terminal reads. It knows no browser.
 */
import type { Phase, RunEvent } from '../src/comd/events';
import { percent } from '../src/experiments/words';

type ProgressEvent = Extract<RunEvent, { type: 'progress' }>;

/** Where the text goes: a terminal that can rewrite its last line, or a log that cannot. */
export interface Screen {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** A log gets a line at a phase's start and end, and between them at most this often. */
const logEveryMs = 20_000;

const words: Record<Phase, string> = {
  load: 'load', align: 'stage 1: align', tune: 'tune', evaluate: 'evaluate', assess: 'assess', augment: 'augment', save: 'save',
};

export class Progress {
  #screen: Screen;
  #iterations: number;
  #now: () => number;
  #loss: number | null = null;
  #phase = '';
  #logged = 0;
  #open = false;

  constructor(screen: Screen, iterations: number, now: () => number = Date.now) {
    this.#screen = screen;
    this.#iterations = iterations;
    this.#now = now;
  }

  /** Shows what there is to show of an event. */
  hear(event: RunEvent): void {
    switch (event.type) {
      case 'progress': return this.#progress(event);
      case 'loss': this.#loss = event.loss; return;
      case 'device': return this.say(`${event.role}: ${event.backend} on ${event.adapter}. ${event.why}`);
      case 'model': return this.say(`${event.role}: ${event.name}, ${count(event.parameters)} parameters`);
      case 'notice': return this.say(`Note: ${event.text}`);
      case 'health': for (const { iteration, sign, seen, try: remedy } of event.signs) this.say(`Health, ${place(iteration)}, ${sign}: ${seen} ${remedy}`); return;
      case 'error': return this.say(`Error: ${event.error.message}`);
      case 'iteration': return this.say(`iteration ${event.report.iteration}: ${event.report.accuracy === null ? 'no test items' : `accuracy ${percent(event.report.accuracy)}`}`);
    }
  }

  /** Prints a line that stays. */
  say(text: string): void {
    this.#screen.write(`${this.#open ? '\r\u001b[2K' : ''}${text}\n`);
    this.#open = false;
  }

  #progress(event: ProgressEvent): void {
    const phase = `${event.iteration} ${event.phase}`;
    if (phase !== this.#phase) this.#loss = null;
    const text = progressLine(event, this.#iterations, this.#loss);
    if (this.#screen.isTTY) this.#rewrite(text);
    else if (phase !== this.#phase || event.done >= event.of || this.#now() - this.#logged >= logEveryMs) this.#log(text);
    this.#phase = phase;
  }

  #rewrite(text: string): void {
    this.#screen.write(`\r\u001b[2K${text.slice(0, (this.#screen.columns ?? 80) - 1)}`);
    this.#open = true;
  }

  #log(text: string): void {
    this.#logged = this.#now();
    this.#screen.write(`${text}\n`);
  }
}

/** As `2/4 tune       ███████░░░  70 %  1,204 tokens/s  loss 1.234  4 min left`. */
export function progressLine(event: ProgressEvent, iterations: number, loss: number | null): string {
  const share = event.of > 0 ? Math.min(1, event.done / event.of) : 1;
  const place = event.iteration > 0 ? `${event.iteration}/${iterations} ${words[event.phase]}` : words[event.phase];
  const filled = Math.round(share * 16);
  return [
    place.padEnd(14),
    `${'█'.repeat(filled)}${'░'.repeat(16 - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`,
    ...(event.tokensPerSecond > 0 ? [`${count(event.tokensPerSecond)} tokens/s`] : []),
    ...(loss === null ? [] : [`loss ${loss.toFixed(3)}`]),
    ...(event.secondsLeft === null ? [] : [`${duration(event.secondsLeft)} left`]),
  ].join('  ');
}

/** Seconds in words, as `4 min` or `35 s`. */
export function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** Where in a run, as `iteration 2`. */
export const place = (iteration: number): string => (iteration === 0 ? 'stage 1' : `iteration ${iteration}`);

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
