import { type Command, InvalidArgumentError } from 'commander';
import { exitCodeHelp } from './exit-code.js';
import { openSession, type Session } from './session.js';

/** A command as it is added to the program. */
export interface CommandDefinition<Options> {
  /** As commander reads it: `show <study>`. */
  readonly signature: string;
  readonly description: string;
  /** Shown below the help text, one command a line. */
  readonly examples: readonly string[];
  /** Talks HTTP: has --api. */
  readonly http?: boolean;
  /** Works on the data folder: has --data. */
  readonly data?: boolean;
  /** Adds its own options. */
  readonly options?: (command: Command) => Command;
  /**
   * @param args Positional arguments in order; a variadic one is a list.
   * @throws {CliError} for every end but the good one.
   */
  readonly run: (session: Session, args: readonly (string | readonly string[])[], options: Options) => Promise<void>;
}

/** Adds a command with the options that all of them have, its examples and the exit codes. */
export function addCommand<Options>(parent: Command, definition: CommandDefinition<Options>): Command {
  const { signature, description, examples, options, run } = definition;
  const command = parent.command(signature).description(description);
  options?.(command);
  if (definition.http) command.option('--api <url>', 'where the service is (default: RETUNE_API, else port 4680 here)');
  if (definition.data) command.option('--data <folder>', 'data folder (default: RETUNE_DATA, else ./data)');
  command.option('--json', 'machine-readable: JSON on stdout and nothing else');
  command.option('--debug', 'show the stack of an error');
  const shown = examples.map((example) => `  $ ${example}`).join('\n');
  command.addHelpText('after', `\nExample${examples.length > 1 ? 's' : ''}:\n${shown}\n\n${exitCodeHelp}`);
  return command.action(async (...received: unknown[]) => {
    const args = received.slice(0, -2) as (string | readonly string[])[];
    await run(openSession(command), args, command.opts() as Options);
  });
}

/** A commander parser for whole numbers in [low, high]. */
export function integerIn(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text.trim()) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Allowed: a whole number from ${low} to ${high}.`);
  };
}

/** A commander parser for numbers above `low` (or at it, where `inclusive`) and up to `high`. */
export function numberIn(low: number, high: number, inclusive: boolean): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if ((inclusive ? value >= low : value > low) && value <= high) return value;
    const above = `${inclusive ? 'from' : 'above'} ${low}`;
    throw new InvalidArgumentError(`Allowed: a number ${above}${Number.isFinite(high) ? ` up to ${high}` : ''}.`);
  };
}

/** A commander parser for options that may be given several times. */
export function repeated(text: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), text];
}
