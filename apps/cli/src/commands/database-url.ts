import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import { addCommand } from '../command.js';
import { databaseUrl, toOptunaUrl } from '../embedded-database.js';
import { exitCode } from '../exit-code.js';

/** `retune database-url`: how other programs reach the studies and trials. */
export function addDatabaseUrlCommand(program: Command): void {
  addCommand<{ optuna?: boolean }>(program, {
    signature: 'database-url',
    description: 'print the address of the database (with its password, where DATABASE_URL has one)',
    examples: [
      'retune database-url --optuna',
      'psql "$(retune database-url)"',
      'optuna-dashboard "$(retune database-url --optuna)"',
    ],
    data: true,
    options: (command) => command.option('--optuna', 'as Optuna takes it: the schema of read-only views'),
    run: async ({ output, dataFolder }, _, { optuna }) => {
      const url = databaseUrl(dataFolder);
      if (url === undefined) {
        throw new CliError(`No database runs in ${dataFolder}`, exitCode.unreachable, [
          '"retune start" starts it; --data names another folder.',
        ]);
      }
      const optunaUrl = toOptunaUrl(url);
      output.result({ url, optunaUrl }, () => (optuna ? optunaUrl : url));
    },
  });
}
