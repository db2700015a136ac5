/** @file The planner of studies beside samplers, on a simulated clock; `--help` tells the options. */
import { writeFileSync } from 'node:fs';
import { UsageError } from '../side/bench-options.js';
import { type BenchReport, goalLines } from '../side/goal.js';
import { machine } from '../side/machine.js';
import { ProgressLines } from '../side/progress-lines.js';
import { goalsOf } from './goals.js';
import { measurePlan, type PlanRow } from './measure-plan.js';
import { measureStrategy, type StrategyRow, secondsOf } from './measure-strategy.js';
import { type PlannerBenchOptions, parseOptions, usage } from './options.js';
import { strategies } from './settings.js';
import { planTable, strategyTables } from './table.js';
import { worlds } from './world.js';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else compare(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench:planner: ${error.message}`);
  process.exitCode = 2;
}

function compare(options: PlannerBenchOptions): void {
  const about = machine();
  console.log(`${about.cpu}, ${about.cores} cores, ${about.memoryGiB} GiB, node ${process.version}`);
  const chosen = worlds.filter(({ name }) => options.worlds.includes(name));
  const steps = chosen.flatMap((world) =>
    strategies
      .filter(({ name }) => options.strategies.includes(name))
      .map((strategy) => ({
        title: `${world.name}: ${strategy.name}`,
        run: () => measureStrategy(world, strategy, options.seeds, options.workers),
      })),
  );
  const progress = new ProgressLines(
    steps.map(() => 1),
    (line) => console.error(line),
  );
  const rows: StrategyRow[] = steps.map(({ title, run }) => {
    progress.begin(title);
    return run();
  });
  const plans: PlanRow[] = options.histories.flatMap((trials) => [measurePlan(trials, 2), measurePlan(trials, 3)]);
  const goals = goalsOf(rows, plans);
  const seconds = new Map(chosen.map((world) => [world.name, secondsOf(world)]));
  console.log(`\n${strategyTables(rows, (world) => seconds.get(world) ?? 0)}`);
  if (plans.length > 0) console.log(`\n${planTable(plans)}`);
  console.log(`\n${goalLines(goals).join('\n')}`);
  if (options.json === undefined) return;
  const report: BenchReport<StrategyRow | PlanRow> = {
    bench: 'planner',
    machine: about,
    versions: { node: process.version },
    rows: [...rows, ...plans],
    goals,
  };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}
