import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** A shared library to carry, under the name that programs ask for. */
export interface SystemLibrary {
  readonly name: string;
  readonly path: string;
}

/** Part of the C library, which must be the machine's own, or in everything that runs node at all. */
const leftOut = /^(ld-linux|linux-vdso|libc\.|libm\.|libdl\.|librt\.|libpthread\.|libresolv\.)/;

/** Where Debian's packages and Chromium have libraries. */
const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/lib/chromium'];

/** Through which a program finds Vulkan drivers; a driver alone does not bring it. Undefined where this machine has none. */
export function vulkanLoader(): SystemLibrary | undefined {
  return found('libvulkan.so.1');
}

/** What NVIDIA's Vulkan driver links and a machine without a desktop may lack; empty where this machine has none. */
export function desktopLibraries(): SystemLibrary[] {
  const direct = ['libX11.so.6', 'libXext.so.6'].flatMap((name) => found(name) ?? []);
  return unique([...direct, ...direct.flatMap(({ path }) => linkedBy(path))]);
}

/** What a program links besides the C library: for a machine whose own are missing or older. */
export function linkedBy(program: string): SystemLibrary[] {
  return execFileSync('ldd', [program], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, name, path] = /^\s*(\S+) => (\/\S+)/.exec(line) ?? [];
      return name === undefined || leftOut.test(name) ? [] : [{ name, path: realpathSync(path) }];
    });
}

function unique(libraries: readonly SystemLibrary[]): SystemLibrary[] {
  return [...new Map(libraries.map((library) => [library.name, library])).values()];
}

function found(name: string): SystemLibrary | undefined {
  const path = folders.map((folder) => join(folder, name)).find(existsSync);
  return path === undefined ? undefined : { name, path: realpathSync(path) };
}
