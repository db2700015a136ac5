import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { contains, toInternalRepr } from '#optuna-ts-client';
import { search } from './asker.js';
import { bnh } from './front-problems.js';
import { OptunaPeer } from './optuna-peer.js';
import { surrogate } from './surrogate-problems.js';

const python = '/usr/bin/python3';
const hasOptuna = spawnSync(python, ['-c', 'import optuna']).status === 0;

test('OptunaPeer.start() says what is missing', async () => {
  await expect(OptunaPeer.start('/nonexistent/python')).rejects.toThrow('ENOENT');
});

test.skipIf(!hasOptuna)('OptunaPeer asks inside the space, is told, and refuses an unknown sampler', async () => {
  const peer = await OptunaPeer.start(python);
  expect(peer.version).toMatch(/^\d+\.\d+\.\d+/);
  const asker = await peer.asker('tpe-multivariate', surrogate, 1);
  for (let trial = 0; trial < 14; trial++) {
    const params = await asker.ask();
    for (const [name, distribution] of Object.entries(surrogate.space)) {
      expect(contains(distribution, toInternalRepr(distribution, params[name], name)), name).toBe(true);
    }
    await asker.tell(await surrogate.evaluate(params));
  }
  const short = { ...bnh, trials: 30 };
  const figures = [];
  for (const seed of [1, 1, 2]) figures.push(await search(await peer.asker('random', short, seed), short));
  expect(figures[1]).toBe(figures[0]);
  expect(figures[2]).not.toBe(figures[0]);
  expect(figures[0]).toBeGreaterThan(0.6);
  await expect(peer.asker('bayes', bnh, 0)).rejects.toThrow('ValueError: no sampler bayes');
  await peer.stop();
});
