import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addDatabaseUrlCommand } from './commands/database-url.js';
import { addDatasetCommands } from './commands/dataset.js';
import { addDemoCommand } from './commands/demo.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addEngineCommands } from './commands/engine.js';
import { addPredictCommand } from './commands/predict.js';
import { addProfileCommands } from './commands/profile.js';
import { addResultCommands } from './commands/results.js';
import { addStartCommand } from './commands/start.js';
import { addStorageCommand } from './commands/storage.js';
import { addStudyCommands } from './commands/study.js';
import { addWorkerCommand } from './commands/worker.js';
import { addZooCommands } from './commands/zoo.js';
import { exitCodeHelp } from './exit-code.js';
import { repository } from './repository.js';

/**
 * The whole command line. Wrong usage becomes a CommanderError (it has been printed by then) in place of an exit.
 */
export function buildProgram(): Command {
  const program = new Command('retune')
    .description('Finds the image classifier that is accurate and fast enough, and exports it.')
    .version(version(), '-V, --version', 'print the version')
    .showHelpAfterError('(--help shows the usage)')
    // `zoo fetch --version` is its own option, not the program's.
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', `\n${exitCodeHelp}\n\nA first look: retune demo`);
  addDemoCommand(program);
  addStartCommand(program);
  addWorkerCommand(program);
  addDatasetCommands(program);
  addStudyCommands(program);
  addResultCommands(program);
  addPredictCommand(program);
  addProfileCommands(program);
  addZooCommands(program);
  addEngineCommands(program);
  addStorageCommand(program);
  addDatabaseUrlCommand(program);
  addDoctorCommand(program);
  return program;
}

function version(): string {
  return (JSON.parse(readFileSync(`${repository.root}package.json`, 'utf8')) as { version: string }).version;
}
