/**
 * How errors cross threads: comlink carries only message, name and stack of what is thrown; this handler carries a
 * ComdError whole. Imported for its effect by every thread that talks to another.
 */
import * as Comlink from 'comlink';
import type { RunEvent } from '../src/comd/events';
import { ComdError, type ErrorCode } from '../src/errors';

/** An error as plain data. */
interface WireError {
  message: string;
  stack?: string;
  /** Text of what caused it. */
  cause?: string;
  /** Present for a ComdError alone. */
  comd?: { code: ErrorCode; remedy: string };
}

interface Thrown {
  value: unknown;
}

type ErrorEvent = Extract<RunEvent, { type: 'error' }>;
type Wire = { error: WireError } | { value: unknown };

const stock = Comlink.transferHandlers.get('throw') as Comlink.TransferHandler<Thrown, Wire>;

/** An error as it goes over the wire. */
export function toWire(error: Error): WireError {
  return {
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: String(error.cause) }),
    ...(error instanceof ComdError ? { comd: { code: error.code, remedy: error.remedy } } : {}),
  };
}

/** The error that {@link toWire} took apart; its cause is text now. */
export function fromWire({ message, stack, cause, comd }: WireError): Error {
  const options = cause === undefined ? undefined : { cause };
  const error = comd ? new ComdError(comd.code, message, comd.remedy, options) : new Error(message, options);
  if (stack !== undefined) error.stack = stack;
  return error;
}

Comlink.transferHandlers.set('throw', {
  // Only comlink's own handler can tell what was thrown from what was returned.
  canHandle: (value): value is Thrown => stock.canHandle(value),
  serialize: ({ value }) => [value instanceof Error ? { error: toWire(value) } : { value }, []],
  deserialize: (wire) => { throw 'error' in wire ? fromWire(wire.error) : wire.value; },
} satisfies Comlink.TransferHandler<Thrown, Wire>);

// Comlink looks at arguments themselves, not into them: the one event that holds an error is an argument of its own kind.
Comlink.transferHandlers.set('error-event', {
  canHandle: (value): value is ErrorEvent => (value as Partial<ErrorEvent> | null)?.type === 'error' && (value as ErrorEvent).error instanceof ComdError,
  serialize: ({ error }) => [toWire(error), []],
  deserialize: (wire) => ({ type: 'error', error: fromWire(wire) as ComdError }),
} satisfies Comlink.TransferHandler<ErrorEvent, WireError>);
