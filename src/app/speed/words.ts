/** What the speed screen says: works, backends and figures in words. Text only. */
import type { RunState } from '../../comd/events';
import type { SpeedCase, SpeedFailure, SpeedRow } from '../../../workers/protocol';
import { count } from '../format';
import type { Command } from '../session';
import type { Entry, Present } from './speed-session';

export const backendWords: Record<SpeedRow['backend'], string> = { webgpu: 'WebGPU', wasm: 'WASM' };
export const implementationWords: Record<SpeedCase['implementation'], string> = { ours: 'This project', stock: 'Stock TensorFlow.js' };
export const taskWords: Record<SpeedCase['task'], string> = { train: 'One training step', decode: 'One decoded token' };

/** Why nothing can be measured beside the run and the experiments, or null. */
export function hindranceOf(state: RunState, pending: Command | null, experimenting: boolean): string | null {
  if (state === 'running' || pending === 'start' || pending === 'resume') {
    return 'A distillation is running on this device. Measuring would slow it down, and the figures would be wrong: pause or stop it first.';
  }
  if (experimenting) return 'Experiments are being made on this device. Measuring would slow them down, and the figures would be wrong: stop them first.';
  return pending === 'open' ? 'Looking whether a distillation is under way.' : null;
}

/** `2 of 8: a training step on WASM, stock TensorFlow.js`. */
export function progressText(entries: readonly Entry[], { place, doing }: Present): string {
  const of = entries[place]?.of;
  if (of === undefined) return '';
  const what = `${taskWords[of.task].toLowerCase()} on ${backendWords[of.backend]}, ${implementationWords[of.implementation].replace(/^[TS]/, (letter) => letter.toLowerCase())}`;
  return `Measuring ${place + 1} of ${entries.length}: ${what}${doing === 'product' ? '. First its largest matrix product' : ''}.`;
}

/**
 * What the rows mean for somebody who wants to know one number, from the backend on which this project trains fastest. Empty
 * where it was measured on none.
 */
export function verdict(rows: readonly SpeedRow[]): string {
  const best = rowsOf(rows, 'train', 'ours').sort((a, b) => b.tokensPerSecond - a.tokensPerSecond)[0];
  if (best === undefined) return '';
  const on = rows.filter(({ backend }) => backend === best.backend);
  const training = `On ${backendWords[best.backend]} your device trains ${rounded(best.tokensPerSecond)} tokens a second${beside(on, 'train', ' on the same device')}.`;
  const [decoding] = rowsOf(on, 'decode', 'ours');
  return decoding === undefined ? training : `${training} It decodes ${rounded(decoding.tokensPerSecond)} a second${beside(on, 'decode', '')}.`;
}

/** `, 6.2 times stock TensorFlow.js`; empty where that was not measured. @param rows of one backend */
function beside(rows: readonly SpeedRow[], task: SpeedCase['task'], where: string): string {
  const [[ours], [stock]] = [rowsOf(rows, task, 'ours'), rowsOf(rows, task, 'stock')];
  return ours === undefined || stock === undefined ? '' : `, ${rounded(stock.msPerStep / ours.msPerStep)} times stock TensorFlow.js${where}`;
}

function rowsOf(rows: readonly SpeedRow[], task: SpeedCase['task'], implementation: SpeedCase['implementation']): SpeedRow[] {
  return rows.filter((row) => row.work.startsWith(task) && row.implementation === implementation);
}

/** Two digits that mean something, for a sentence. */
function rounded(value: number): string {
  const short = Number(value.toPrecision(2));
  return short >= 10 ? count(short) : String(short);
}

/** Three digits that mean something, for a table. */
export function figure(value: number): string {
  return value >= 100 ? count(value) : value.toPrecision(3);
}

export function isRow(outcome: SpeedRow | SpeedFailure): outcome is SpeedRow {
  return !('reason' in outcome);
}
