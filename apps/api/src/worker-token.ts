import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const shortest = 16;

/**
 * The secret that workers show: `given`, else the content of `worker-token` in the data folder, which is made at the
 * first start (32 random bytes, base64url, readable by the owner only).
 *
 * @throws {Error} where the file holds less than 16 characters.
 */
export async function workerToken(dataFolder: string, given: string | null): Promise<string> {
  if (given !== null) return given;
  const file = join(dataFolder, 'worker-token');
  await makeOnce(file);
  const token = (await readFile(file, 'utf8')).trim();
  if (token.length < shortest) throw new Error(`Cannot use ${file}: it holds fewer than ${shortest} characters`);
  return token;
}

/** Writes aside and links: two services that start together agree on the first one's token. */
async function makeOnce(file: string): Promise<void> {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(aside, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await chmod(aside, 0o600);
    await link(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}
