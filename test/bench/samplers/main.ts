/** @file Our samplers and Optuna's on the same problems; `--help` tells the options. */
import { writeFileSync } from 'node:fs';
import { UsageError } from '../side/bench-options.js';
import { type BenchReport, goalLines } from '../side/goal.js';
import { engineVersions, machine } from '../side/machine.js';
import { ProgressLines } from '../side/progress-lines.js';
import { equalWithin, goalsOf } from './goals.js';
import { lcbenchProblems } from './lcbench-problems.js';
import { measureOurs, measurePeer, type PeerVersion } from './measure-problem.js';
import { type BenchOptions, parseOptions, usage } from './options.js';
import { OptunaPeer } from './optuna-peer.js';
import { PeersFile } from './peers-file.js';
import type { Problem } from './problem.js';
import { closedFormProblems } from './problems.js';
import type { Row } from './row.js';
import { ourSettings, peerFits, peerSettings } from './settings.js';
import { summaryOf, tablesOf } from './table.js';

try {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) console.log(usage);
  else await compare(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench:samplers: ${error.message}`);
  process.exitCode = 2;
}

async function compare(options: BenchOptions): Promise<void> {
  const problems = await chosenProblems(options);
  const file = new PeersFile(options.peers);
  const peers = await startPeers(options.pythons, file);
  try {
    const about = machine();
    const versions = { node: engineVersions().node, ...versionsOf(peers) };
    console.log(`${about.cpu}, ${about.cores} cores, ${about.memoryGiB} GiB, node ${versions.node}`);
    console.log(peers.map(peerLine).join('\n') || 'Optuna is missing: no goal that needs it is met.');
    const rows = await measureAll(options, problems, peers, file);
    const goals = goalsOf(rows);
    console.log(`\n${tablesOf(rows)}\n\n${summaryOf(rows)}`);
    console.log(`A difference within ${equalWithin} pooled standard error (√(a² + b²)) counts as equal.`);
    console.log(`\n${goalLines(goals).join('\n')}`);
    if (options.json === undefined) return;
    const missing = peers.length === 0 ? [{ peer: 'optuna', missing: true }] : [];
    const report: BenchReport<Row | { peer: string; missing: boolean }> = {
      bench: 'samplers',
      machine: about,
      versions,
      rows: [...rows, ...missing],
      goals,
    };
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    await Promise.all(peers.map(({ peer }) => peer?.stop()));
  }
}

async function chosenProblems({ problems, lcbench }: BenchOptions): Promise<Problem[]> {
  const known = [...closedFormProblems];
  let absence = '';
  if (problems.length === 0 || problems.some((name) => name.startsWith('lcbench'))) {
    try {
      known.push(...(await lcbenchProblems(lcbench)));
    } catch (error) {
      absence = `LCBench is left out: ${(error as Error).message}`;
      console.log(absence);
    }
  }
  const unknown = problems.find((name) => !known.some((problem) => problem.name === name));
  if (unknown !== undefined) {
    const names = known.map(({ name }) => name).join(', ');
    throw new UsageError(`--problem is ${unknown}, must be one of ${names}${absence === '' ? '' : `. ${absence}`}`);
  }
  return problems.length === 0 ? known : known.filter(({ name }) => problems.includes(name));
}

/** Those that start, one of each version, and the versions that the file alone has. */
async function startPeers(pythons: readonly string[], file: PeersFile): Promise<PeerVersion[]> {
  const peers: PeerVersion[] = [];
  for (const python of pythons) {
    try {
      const peer = await OptunaPeer.start(python);
      if (peers.some(({ version }) => version === peer.version)) await peer.stop();
      else peers.push({ version: peer.version, peer });
    } catch (error) {
      console.log(`${python}: ${(error as Error).message}`);
    }
  }
  const others = file.versions().filter((version) => !peers.some((peer) => peer.version === version));
  return [...peers, ...others.map((version) => ({ version }))];
}

function versionsOf(peers: readonly PeerVersion[]): Record<string, string> {
  return Object.fromEntries(peers.map(({ version }, index) => [`optuna${index === 0 ? '' : index + 1}`, version]));
}

function peerLine({ version, peer }: PeerVersion): string {
  return `optuna ${version}${peer === undefined ? ', figures of the file alone' : ''}`;
}

async function measureAll(
  { samplers, seeds }: BenchOptions,
  problems: readonly Problem[],
  peers: readonly PeerVersion[],
  file: PeersFile,
): Promise<Row[]> {
  const isWanted = (name: string) => samplers.length === 0 || samplers.includes(name);
  const steps = problems.flatMap((problem) => {
    const count = seeds ?? problem.seeds;
    const ours = ourSettings
      .filter(({ name, fits = () => true }) => isWanted(name) && fits(problem))
      .map((setting) => ({
        title: `${problem.name}: our ${setting.name}, ${count} seeds`,
        cost: count * problem.trials * (['gp', 'auto'].includes(setting.name) ? 90 : 3),
        run: () => measureOurs(problem, setting, count),
      }));
    const theirs = peers.flatMap((peer) =>
      peerSettings
        .filter((setting) => isWanted(setting) && peerFits(setting, problem))
        .map((setting) => ({
          title: `${problem.name}: optuna ${peer.version} ${setting}, ${count} seeds`,
          cost: count * problem.trials * (setting.startsWith('tpe') ? 15 : 1),
          run: () => measurePeer(problem, setting, count, peer, file),
        })),
    );
    return [...ours, ...theirs];
  });
  const progress = new ProgressLines(
    steps.map(({ cost }) => cost),
    (line) => console.error(line),
  );
  const rows: Row[] = [];
  for (const { title, run } of steps) {
    progress.begin(title);
    rows.push(await run());
  }
  return rows;
}
