/**
 * What a new listener needs to draw the present: the events so far, less those that later ones have made void.
 */
import type { RunEvent } from './events';

/** Assessed samples that a new listener is told. */
const keptSamples = 240;
const keptNotices = 20;

type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

export class Playback {
  #last = new Map<string, RunEvent>();
  #losses = new Map<number, Of<'loss'>>();
  #samples: Of<'assessed'>[] = [];
  #notices: Of<'notice'>[] = [];

  hear(event: RunEvent): void {
    switch (event.type) {
      case 'loss': this.#losses.set(event.step, event); break;
      case 'assessed': this.#samples = [...this.#samples, event].slice(-keptSamples); break;
      case 'notice': this.#notices = [...this.#notices, event].slice(-keptNotices); break;
      // An error belongs to the state that it led to; a run that goes on has put it behind.
      case 'state': if (event.state === 'running') this.#last.delete('error'); this.#last.set('state', event); break;
      case 'shard': break;
      default: this.#last.set(nameOf(event), event);
    }
  }

  /** The events in an order in which they can be heard. */
  *replay(): Generator<RunEvent> {
    yield* this.#last.values();
    yield* [...this.#losses.values()].sort((a, b) => a.step - b.step);
    yield* this.#samples;
    yield* this.#notices;
  }

  clear(): void {
    this.#last.clear();
    this.#losses.clear();
    this.#samples = [];
    this.#notices = [];
  }
}

/** Events of one name make each other void. */
function nameOf(event: RunEvent): string {
  switch (event.type) {
    case 'device':
    case 'model': return `${event.type} ${event.role}`;
    case 'pools': return `pools ${event.iteration}`;
    case 'health': return `health ${event.iteration}`;
    case 'iteration': return `iteration ${event.report.iteration}`;
    default: return event.type;
  }
}
