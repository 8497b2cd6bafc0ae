/** What the models screen tells while it works: its sessions tell it, and the window dispatches it as `comd-models`. */
import type { KeepProgress } from '../../../workers/protocol';

export type ModelsEvent =
  /** A shard of the model that is being loaded has moved. */
  | { type: 'shard'; file: string; loaded: number; total: number }
  /** The answer so far. */
  | { type: 'text'; text: string; tokens: number }
  /** The library is copying, composing or verifying. */
  | ({ type: 'copy' } & KeepProgress);

export type Tell = (event: ModelsEvent) => void;
