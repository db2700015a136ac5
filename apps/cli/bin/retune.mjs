#!/usr/bin/env node
// Starts the compiled command line; compiles first where dist is missing or older than the sources.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const entry = join(root, 'dist/apps/cli/src/main.js');
const stamp = join(root, 'dist/.built');
const compiler = join(root, 'node_modules/typescript/bin/tsc');

const [major, minor] = process.versions.node.split('.').map(Number);
const needed = 'Retune needs Node.js 20.19, 22.13 or 24.11, or a newer one of these or later';
if (major < 20 || major === 21 || major === 23 || minor < { 20: 19, 22: 13 }[major]) {
  fail(`${needed}; this is ${process.versions.node}.`);
}
// Its packages ask for more, but what they miss there is not used here.
if (major === 24 && minor < 11) process.stderr.write(`${needed}; trying with ${process.versions.node}.\n`);
if (!existsSync(join(root, 'node_modules/commander'))) {
  fail(`The packages of Retune are not installed: run "npm ci" in ${root} first.`);
}
const reason = whyBuild();
if (reason) await build(reason);
await import(pathToFileURL(entry).href);

/** Why the build must run; undefined where it is up to date or where there are no sources to build from. */
function whyBuild() {
  if (!existsSync(entry)) return 'not built yet';
  if (!existsSync(compiler)) return undefined; // an installation without development packages runs what it has
  const built = Math.max(modifiedMs(stamp), cleanBuildMs(join(root, 'dist/.tsbuildinfo')));
  const newer = sourceFolders()
    .flatMap(sourceFiles)
    .find((file) => modifiedMs(file) > built);
  return newer && `${relative(root, newer)} is newer than the build`;
}

function sourceFolders() {
  const folders = ['apps', 'libs'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name, 'src')),
  );
  return [...folders, join(root, 'migrations')].filter(existsSync);
}

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((file) => file.isFile() && file.name.endsWith('.ts') && !file.name.endsWith('.test.ts'))
    .map((file) => join(file.parentPath ?? file.path, file.name));
}

/** When the compiler last ran ("npm run build" leaves no stamp); 0 where it found errors, which it notes in its file. */
function cleanBuildMs(file) {
  const modified = modifiedMs(file);
  return modified > 0 && !readFileSync(file, 'utf8').includes('"semanticDiagnosticsPerFile"') ? modified : 0;
}

function modifiedMs(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function build(why) {
  // stdout belongs to the command's own output (`--json`), so everything said here goes to stderr.
  process.stderr.write(`Building Retune (${why}) ...\n`);
  const child = spawn(process.execPath, [compiler, '-p', join(root, 'configs/tsconfig.build.json')], {
    stdio: ['ignore', 2, 2],
  });
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    child.kill('SIGTERM');
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, interrupt);
  const status = await new Promise((resolve) => child.on('close', resolve));
  for (const signal of signals) process.off(signal, interrupt);
  if (interrupted) process.exit(130);
  if (status !== 0) fail(`The build failed with exit code ${status}.`);
  writeFileSync(stamp, `${process.versions.node}\n`);
}

function fail(message) {
  process.stderr.write(`retune: ${message}\n`);
  process.exit(1);
}
