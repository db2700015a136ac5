import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../side/bench-options.js';
import { repositoryRoot } from '../side/script-path.js';
import { desktopLibraries, linkedBy, type SystemLibrary, vulkanLoader } from './system-libraries.js';
import { tracedFiles } from './trace-imports.js';

/** What may be carried to a machine with a GPU. */
const mostMebibytes = 64;

/** What Python runs; the compiled code looks for it at the same place as in the repository. */
const scripts = ['test/bench/side/torch_import.py', 'test/bench/side/torch_networks.py', 'test/bench/gpu/torch_gpu.py'];

const onnxruntime = 'node_modules/onnxruntime-node';

/**
 * Writes the bench as an archive for Linux x64 with a driver and nothing else: node, the files that the bench loads, ONNX
 * Runtime's library, and the Vulkan loader. `run.sh` in it is the command.
 *
 * @param file Ends in .tar.gz or .tar.xz.
 * @returns What was written, a line.
 * @throws {UsageError} if this is not Linux x64 with a Vulkan loader, or the archive would be above 64 MiB.
 */
export function pack(file: string): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new UsageError(
      `Cannot pack on ${process.platform} ${process.arch}: the package carries this machine's node, must be linux x64`,
    );
  }
  const loader = vulkanLoader();
  if (loader === undefined)
    throw new UsageError('Cannot pack: there is no libvulkan.so.1 here; Debian: apt install libvulkan1');
  const folder = mkdtempSync(join(tmpdir(), 'retune-pack-'));
  try {
    const contents = join(folder, 'retune-bench-gpu');
    addCode(join(contents, 'app'));
    addProgram(contents, loader);
    compress(folder, file);
    const mebibytes = statSync(file).size / 2 ** 20;
    if (mebibytes > mostMebibytes) {
      rmSync(file);
      throw new UsageError(
        `Cannot pack: ${mebibytes.toFixed(1)} MiB, must be at most ${mostMebibytes}; .tar.xz is smaller`,
      );
    }
    return `${file}: ${mebibytes.toFixed(1)} MiB (limit ${mostMebibytes}). There: tar xf ${file} && retune-bench-gpu/run.sh`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function addCode(app: string): void {
  const root = repositoryRoot();
  const files = tracedFiles();
  const folders = new Set(files.filter((file) => file.startsWith('node_modules/')).flatMap(foldersAbove));
  const descriptions = [...folders].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((entry) => entry === 'package.json' || /^licen[cs]e/i.test(entry))
      .map((entry) => join(folder, entry)),
  );
  const binaries = join(onnxruntime, 'bin');
  const native = readdirSync(join(root, binaries), { recursive: true })
    .map((file) => join(binaries, String(file)))
    .filter((file) => file.includes('linux/x64/') && !file.includes('providers'));
  for (const file of [...files, ...descriptions, ...native, ...scripts, 'LICENSE'])
    copy(join(root, file), join(app, file));
  const { name, version, type, imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name, version, type, imports }, null, 2));
}

/** Each may have a package.json that says whether a file is a module, and the licence. */
function foldersAbove(file: string): string[] {
  const folder = dirname(file);
  return folder === 'node_modules' ? [] : [folder, ...foldersAbove(folder)];
}

function addProgram(contents: string, loader: SystemLibrary): void {
  const node = join(contents, 'bin/node');
  copy(process.execPath, node);
  chmodSync(node, 0o755);
  try {
    execFileSync('strip', [node], { stdio: 'ignore' });
  } catch {
    // without binutils the package is a few MiB larger
  }
  addLibraries([loader], join(contents, 'lib/vulkan'));
  addLibraries(desktopLibraries(), join(contents, 'lib/x11'));
  addLibraries(linkedBy(process.execPath), join(contents, 'lib/cxx'));
  for (const library of ['libGLX_nvidia.so.0', 'libEGL_nvidia.so.0']) {
    const description = { file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.3.0' } };
    writeFileSync(join(contents, 'lib', `${library}.json`), JSON.stringify(description));
  }
  copy(join(repositoryRoot(), 'test/bench/gpu/run.sh'), join(contents, 'run.sh'));
  chmodSync(join(contents, 'run.sh'), 0o755);
}

function addLibraries(libraries: readonly SystemLibrary[], folder: string): void {
  for (const { name, path } of libraries) copy(path, join(folder, name));
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function compress(folder: string, file: string): void {
  const program = file.endsWith('.xz') ? 'xz -T0 -6' : 'gzip';
  const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner'];
  execFileSync('tar', [...same, '-I', program, '-cf', resolve(file), '-C', folder, 'retune-bench-gpu']);
}
