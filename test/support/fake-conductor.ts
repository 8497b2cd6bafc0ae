/** A conductor without workers: it replays a list of events, keeps note of the calls, and is told what to emit. */
import type { Role, RunEvent, RunState } from '../../src/comd/events';
import type { Report } from '../../src/comd/report';
import type { Pixels } from '../../src/data/types';
import type { PresetName } from '../../src/presets';
import type { Settings } from '../../src/settings';
import type { Conductor, RunSummary } from '../../workers/protocol';

export class FakeConductor implements Conductor {
  readonly calls: string[] = [];
  held: { state: RunState; run: RunSummary | null } = { state: 'idle', run: null };
  /** What a new listener is told at once. */
  past: RunEvent[] = [];
  /** When set, the next command fails with it. */
  failure: Error | null = null;
  kept: Report | null = null;
  #callback: ((event: RunEvent) => void) | null = null;

  emit(event: RunEvent): void {
    if (event.type === 'state') this.held = { ...this.held, state: event.state };
    this.#callback?.(event);
  }

  async listen(callback: (event: RunEvent) => void): Promise<void> {
    this.#callback = callback;
    this.past.forEach(callback);
  }

  async state(): Promise<{ state: RunState; run: RunSummary | null }> {
    return this.held;
  }

  async start(preset: PresetName, settings: Settings): Promise<void> {
    this.#note(`start ${preset}`);
    this.held = { state: 'running', run: { id: 'fresh', preset, settings, started: '2026-01-02T03:04:05.000Z' } };
    this.emit({ type: 'state', state: 'running' });
  }

  async pause(): Promise<void> {
    this.#note('pause');
    this.emit({ type: 'state', state: 'paused' });
  }

  async resume(): Promise<void> {
    this.#note('resume');
    this.emit({ type: 'state', state: 'running' });
  }

  async stop(): Promise<void> {
    this.#note('stop');
    this.emit({ type: 'state', state: 'stopped' });
  }

  async discard(): Promise<void> {
    this.#note('discard');
    this.held = { state: 'idle', run: null };
    this.emit({ type: 'state', state: 'idle' });
  }

  /** Takes every row of the file. */
  async importPool(file: File): Promise<number> {
    this.#note(`import ${file.name}`);
    return (JSON.parse(await file.text()) as unknown[]).length;
  }

  async download(): Promise<Blob> {
    this.#note('download');
    return new Blob([new Uint8Array([80, 75])], { type: 'application/zip' });
  }

  async report(): Promise<Report | null> {
    return this.kept;
  }

  async chatPrompt(_preset: PresetName, _settings: Settings, role: Role, turn: string): Promise<string> {
    this.#note(`chat prompt of the ${role}`);
    return `<s>USER: <image>\n${turn} ASSISTANT:`;
  }

  /** A disc whose colour depends on the name. */
  async pixels(image: string): Promise<Pixels> {
    const size = 96;
    const hue = [...image].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
    const data = new Uint8ClampedArray(size * size * 4).fill(255);
    for (let at = 0; at < size * size; at++) {
      const inside = Math.hypot((at % size) - size / 2, Math.floor(at / size) - size / 2) < size / 3;
      if (inside) data.set([(hue * 37) % 256, (hue * 91) % 256, (hue * 53) % 256, 255], at * 4);
    }
    return { width: size, height: size, data };
  }

  #note(call: string): void {
    this.calls.push(call);
    if (this.failure === null) return;
    const failure = this.failure;
    this.failure = null;
    throw failure;
  }
}
