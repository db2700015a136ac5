import { expect, test } from 'vitest';
import { findPackage } from './postgres-binaries.js';

test.each(['win32-x64', 'linux-ia32', 'freebsd-x64'])('findPackage() says what to do on %s', async (target) => {
  await expect(findPackage(target)).rejects.toMatchObject({
    code: 'EMBEDDED_POSTGRES',
    message: expect.stringMatching(new RegExp(`no build for ${target}.*DATABASE_URL`)),
  });
});
