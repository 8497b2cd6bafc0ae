/** Flags of the commands about models, checked: what `util.parseArgs` gives as text, read or refused by name. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ComdError } from '../src/errors';

/** Reads flags strictly. Throws `settings/invalid` naming the stranger and what is allowed. */
export function readFlags<const O extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: O) {
  return orRefuse(options, () => parseArgs({ args, options, strict: true, allowPositionals: false }).values);
}

/** As {@link readFlags}, of a command that also takes names without a flag. */
export function readFlagsAndNames<const O extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: O) {
  return orRefuse(options, () => {
    const { values, positionals } = parseArgs({ args, options, strict: true, allowPositionals: true });
    return { values, names: positionals };
  });
}

function orRefuse<T>(options: NonNullable<ParseArgsConfig['options']>, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const [reason, ...advice] = cause instanceof Error ? cause.message.split('\n') : [String(cause)];
    // Of a value that begins with a dash Node says how it must be written.
    if (/ambiguous/.test(`${reason}`)) throw new ComdError('settings/invalid', `${reason}`, advice.join(' '), { cause });
    throw new ComdError('settings/invalid', `${reason}`, `Allowed: ${Object.keys(options).map((flag) => `--${flag}`).join(' ')}.`, { cause });
  }
}

export function required(flag: string, value: string | undefined, what: string): string {
  if (value !== undefined && value.trim() !== '') return value;
  throw new ComdError('settings/invalid', `--${flag} is ${value === undefined ? 'missing' : 'empty'}.`, `Give --${flag} ${what}.`);
}

export function oneOf<const T extends string>(flag: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new ComdError('settings/invalid', `--${flag} cannot be "${value}".`, `Give one of ${choices.join(', ')}.`);
}

export function numberIn(flag: string, value: string, min: number, max: number, whole: boolean): number {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
  throw new ComdError('settings/invalid', `--${flag} cannot be "${value}".`, `Give ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`);
}
