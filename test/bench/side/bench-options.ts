import { type ParseArgsConfig, parseArgs } from 'node:util';
import { architectureNames } from '#model-zoo';

/** An option that cannot be used; the message is one line for its user. */
export class UsageError extends Error {}

/**
 * Reads the command line; no positional arguments.
 *
 * @throws {UsageError} if an option is unknown or lacks its value.
 */
export function readValues<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0]);
  }
}

/** @throws {UsageError} if the text is no number in the range, or no integer where it must be whole. */
export function numberOption(name: string, text: string, low: number, high: number, whole = true): number {
  const value = Number(text);
  if (text.trim() !== '' && (!whole || Number.isInteger(value)) && value >= low && value <= high) return value;
  throw new UsageError(`--${name} is ${text}, must be ${whole ? 'an integer' : 'a number'} in [${low}, ${high}]`);
}

/** @throws {UsageError} if the zoo has no such network. */
export function knownNetwork(option: string, name: string): string {
  if (architectureNames.includes(name)) return name;
  throw new UsageError(`--${option} is ${name}, must be one of ${architectureNames.join(', ')}`);
}
