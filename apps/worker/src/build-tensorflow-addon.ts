import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool, type ToolRun } from './run-tool.js';
import { libraryLinks } from './tensorflow-folder.js';

/** The newest that the packages look for. */
const napiVersion = 8;
const addonFolder = `lib/napi-v${napiVersion}`;

/**
 * Builds the addon of a package of TensorFlow for Node.js against the libraries in a folder.
 *
 * @param target Folder of the package; gets `deps` (links to the libraries) and the addon.
 * @param tensorflow Folder of the libraries and headers; absolute.
 */
export async function buildTensorflowAddon(
  target: string,
  tensorflow: string,
  { nodeGyp, headers }: { readonly nodeGyp: string; readonly headers: string | null },
  tool: Omit<ToolRun, 'args' | 'folder'>,
): Promise<void> {
  await linkLibraries(target, tensorflow);
  // make takes no path with a space in it; the data folder may have one.
  const folder = await mkdtemp(join(tmpdir(), 'retune-tensorflow-'));
  try {
    for (const part of ['binding', 'binding.gyp', 'package.json']) {
      await cp(join(target, part), join(folder, part), { recursive: true });
    }
    await linkLibraries(folder, tensorflow);
    const built = join(folder, addonFolder);
    const options = [
      '--module_name=tfjs_binding',
      `--module_path=${built}`,
      `--napi_build_version=${napiVersion}`,
      ...(headers === null ? [] : [`--nodedir=${headers}`]),
    ];
    await runTool({ ...tool, folder, args: [nodeGyp, 'rebuild', ...options] });
    await cp(built, join(target, addonFolder), { recursive: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function linkLibraries(folder: string, tensorflow: string): Promise<void> {
  const libraries = join(folder, 'deps', 'lib');
  await mkdir(libraries, { recursive: true });
  await symlink(join(tensorflow, 'include'), join(folder, 'deps', 'include'));
  for (const [link, library] of Object.entries(libraryLinks)) {
    await symlink(join(tensorflow, library), join(libraries, link));
  }
}
