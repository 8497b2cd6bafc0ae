/**
 * The errors a person can act on: what happened, and what to do about it.
 *
 * Every failure that a user can meet is a {@link ComdError} with a `code` to test for, a message that names the
 * file, row, tensor or setting, and a `remedy`. It is plain data underneath, so that it crosses worker borders
 * whole (see `workers/transfer.ts`). It is not for programming mistakes: those stay ordinary errors.
 */

export type ErrorCode =
  | 'checkpoint/missing-file'
  | 'checkpoint/corrupt'
  | 'checkpoint/shape'
  | 'checkpoint/unsupported'
  | 'checkpoint/changed'
  | 'checkpoint/unreachable'
  | 'checkpoint/quota'
  | 'checkpoint/cancelled'
  | 'data/malformed-record'
  | 'data/undecodable-image'
  | 'data/missing-image'
  | 'data/unreadable'
  | 'data/cancelled'
  | 'device/no-adapter'
  | 'device/lost'
  | 'device/limit'
  | 'pools/quota'
  | 'pools/test-item'
  | 'run/busy'
  | 'run/diverged'
  | 'run/unexpected'
  | 'settings/invalid';

export class ComdError extends Error {
  readonly code: ErrorCode;
  /** One or two sentences that tell the user what to do. */
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, remedy: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ComdError';
    this.code = code;
    this.remedy = remedy;
  }
}
