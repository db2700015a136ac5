import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dataset, ExportedModel, ParetoFront, Study, Trial } from '#api-contract';
import { createDataSource } from '#persistence';
import { keepSome } from '../support/keep-some.js';
import { type CliEnd, type RunningCli, runCli, startCli } from '../support/run-cli.js';

/** Four tiny trials: both depths for sure, and two that the sampler proposes. */
const study = `
name: tiny
dataset: drawn
searchSpace:
  architecture: [squeezenet1_1]
  retrainDepth: [shallow, scratch]
  learningRate: { low: 0.003, high: 0.03 }
  epochs: [1, 2]
training: { imageSize: 32 }
constraints:
  - { metric: latencyP95Ms, atMost: 60000 }
sampler: { name: random }
pruner: { name: none }
enqueue:
  - { architecture: squeezenet1_1, retrainDepth: shallow, learningRate: 0.01, epochs: 2 }
  - { architecture: squeezenet1_1, retrainDepth: scratch, learningRate: 0.01, epochs: 1 }
trials: 3
`;

let folder: string;
let service: RunningCli;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retune cli '));
  chmodSync(folder, 0o755); // the user that root's database runs as must get in
  service = startCli(['start', '--port', '0', '--json'], { folder });
  const [line] = await service.printed(/^\{.*"event":"listening".*\}$/m);
  url = (JSON.parse(line) as { url: string }).url;
});

afterAll(async () => {
  service.process.kill('SIGTERM');
  const end = await service.ended;
  rmSync(folder, { recursive: true });
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: '' });
});

/** A command with --json: its exit code and what it printed, read. */
async function retune<Answer>(...args: string[]): Promise<CliEnd & { answer: Answer }> {
  const end = await runCli([...args, '--json'], { folder, env: { RETUNE_API: url } });
  return { ...end, answer: (end.stdout === '' ? undefined : JSON.parse(end.stdout)) as Answer };
}

describe('the command line, from pictures to a prediction', () => {
  test('draw insects, dataset import, dataset list', async () => {
    const drawn = await runCli(['draw', 'insects', 'pictures'], { folder });
    expect(drawn.code).toBe(0);
    keepSome(join(folder, 'pictures'), 8);
    const { code, answer } = await retune<Dataset>('dataset', 'import', 'pictures', '--name', 'drawn');
    expect([code, answer.state, answer.imageCount, answer.rejected]).toEqual([0, 'READY', 32, []]);
    const { answer: list } = await retune<{ items: Dataset[] }>('dataset', 'list');
    expect(list.items.map(({ id }) => id)).toEqual([answer.id]);
  });

  test('study create --watch follows every trial to the end', async () => {
    writeFileSync(join(folder, 'study.yaml'), study);
    const end = await runCli(['study', 'create', 'study.yaml', '--watch'], { folder, env: { RETUNE_API: url } });
    expect(end.stderr).toBe('');
    expect(end.code).toBe(0);
    for (const number of [0, 1, 2]) expect(end.stdout).toMatch(new RegExp(`^ {2}#${number} .* complete`, 'm'));
    expect(end.stdout).toMatch(/^tiny: COMPLETE, 3 trials finished, best #\d\.$/m);
  });

  test('study watch --json tells a finished study in lines of JSON', async () => {
    const { stdout, code } = await runCli(['study', 'watch', 'tiny', '--json'], { folder, env: { RETUNE_API: url } });
    const news = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; trial?: Trial });
    expect(code).toBe(0);
    expect(news.map(({ kind }) => kind).sort()).toEqual(['study', 'trial', 'trial', 'trial']);
    const depths = news.flatMap(({ trial }) => (trial ? [trial.parameters.retrainDepth] : []));
    expect(depths).toEqual(expect.arrayContaining(['shallow', 'scratch']));
  });

  test('study list, study show, trials', async () => {
    const { answer: list } = await retune<{ items: Study[] }>('study', 'list');
    expect(list.items.map(({ name, state }) => [name, state])).toEqual([['tiny', 'COMPLETE']]);
    const { answer: shown } = await retune<Study>('study', 'show', list.items[0]?.id as string);
    expect(shown.progress).toEqual({ finished: 3, total: 3 });
    const { answer: trials } = await retune<{ items: Trial[] }>('trials', 'tiny', '--state', 'complete');
    expect(trials.items.map(({ number }) => number)).toEqual([0, 1, 2]);
    expect(trials.items.every(({ measures }) => measures.validationImages === 16)).toBe(true);
  });

  test('pareto: the front, and exit code 4 with the reason where nothing is good enough', async () => {
    const { code, answer } = await retune<ParetoFront>('pareto', 'tiny');
    expect([code, answer.considered, answer.feasible]).toEqual([0, 3, 3]);
    expect(answer.items[0]?.rank).toBe(1);
    const impossible = await retune<ParetoFront>('pareto', 'tiny', '--max-latency-ms', '0.000001');
    expect([impossible.code, impossible.answer.items]).toEqual([4, []]);
    expect(impossible.stderr).toMatch(/^retune: No trial of tiny meets the constraints\n {2}\S/);
  });

  test('export --trial unpacks the verified files, predict runs them', async () => {
    const { code, answer } = await retune<ExportedModel>('export', 'tiny', '--trial', '0', '--out', 'a model');
    expect([code, answer.state, answer.verification?.validationImages]).toEqual([0, 'READY', 16]);
    const model = join(folder, 'a model');
    expect(readdirSync(model).sort()).toEqual(answer.files.map(({ name }) => name).sort());
    const pictures = ['ants', 'bees']
      .map((name) => join('pictures', 'validation', name))
      .map((path) => {
        return join(path, readdirSync(join(folder, path))[0] as string);
      });
    const predicted = await retune<{ predictions: { label: string; probability: number }[] }[]>(
      'predict',
      'a model',
      ...pictures,
    );
    expect(predicted.code).toBe(0);
    expect(predicted.answer).toHaveLength(2);
    for (const { predictions } of predicted.answer) {
      expect(predictions.map(({ label }) => label).sort()).toEqual(['ants', 'bees']);
      expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4);
    }
    writeFileSync(join(folder, 'note.jpg'), 'no picture');
    const wrong = await retune('predict', 'a model', 'note.jpg');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/^retune: cannot read .*note\.jpg: .*\n$/)]);
    const again = await retune('export', 'tiny', '--trial', '0', '--out', 'a model');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is not empty')]);
    const { items } = (await (await fetch(`${url}/v1/studies/${answer.studyId}/exports`)).json()) as {
      items: unknown[];
    };
    expect(items).toHaveLength(1); // it was refused before there was any work
  });

  test('export within bounds that nothing meets ends with 4', async () => {
    const { code, stderr } = await retune('export', 'tiny', '--min-accuracy', '1', '--max-size-bytes', '1');
    expect([code, existsSync(join(folder, 'tiny-trial-0'))]).toEqual([4, false]);
    expect(stderr).toMatch(/^retune: /);
  });

  test('study stop of a finished study, and names that do not exist, are told in a sentence', async () => {
    const stopped = await retune('study', 'stop', 'tiny');
    expect([stopped.code, stopped.stderr]).toEqual([1, expect.stringMatching(/^retune: .*COMPLETE/)]);
    const unknown = await retune('study', 'show', 'tinny');
    expect([unknown.code, unknown.stderr]).toEqual([2, 'retune: There is no study "tinny"\n  There are: tiny\n']);
  });

  test('zoo list names the architectures', async () => {
    const { answer } = await retune<{ items: { name: string }[] }>('zoo', 'list');
    expect(answer.items.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['alexnet', 'squeezenet1_1', 'resnet18']),
    );
  });

  test('study create --watch ends with 4 where nothing will do, study watch with 1 where the study was stopped', async () => {
    const env = { RETUNE_API: url };
    writeFileSync(join(folder, 'hopeless.yaml'), study.replace('tiny', 'hopeless').replace('60000', '0.000001'));
    const hopeless = await runCli(['study', 'create', 'hopeless.yaml', '--watch'], { folder, env });
    expect([hopeless.code, hopeless.stderr]).toEqual([4, expect.stringMatching(/^retune: No trial of hopeless meets/)]);
    expect(hopeless.stdout).toMatch(/^hopeless: COMPLETE, 3 trials finished, no trial meets the constraints\.$/m);
    writeFileSync(join(folder, 'long.yaml'), study.replace('tiny', 'long').replace('trials: 3', 'trials: 1000'));
    await retune('study', 'create', 'long.yaml');
    await retune('study', 'stop', 'long');
    const stopped = await runCli(['study', 'watch', 'long'], { folder, env });
    expect([stopped.code, stopped.stderr]).toEqual([1, 'retune: The study long was stopped before its end\n']);
  });

  test('database-url leads to the studies, and with --optuna to the views of them', async () => {
    const { answer } = await retune<{ url: string; optunaUrl: string }>('database-url');
    const { stdout } = await runCli(['database-url', '--optuna'], { folder });
    expect(stdout).toBe(`${answer.optunaUrl}\n`);
    expect(answer.optunaUrl).toMatch(/^postgresql\+psycopg2:.*options=-csearch_path%3Doptuna$/);
    const counts: number[] = [];
    for (const [connection, table] of [
      [answer.url, 'study'],
      [answer.optunaUrl.replace('+psycopg2', ''), 'studies'],
    ] as const) {
      const source = await createDataSource({ connection, poolSize: 1 }).initialize();
      counts.push(Number((await source.query(`SELECT count(*) FROM ${table}`))[0].count));
      await source.destroy();
    }
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBe(counts[0]);
  });

  test('start refuses a data folder that is served already', async () => {
    const { code, stderr } = await runCli(['start', '--port', '0'], { folder });
    expect(code).toBe(1);
    expect(stderr).toContain(`is in use by process ${service.process.pid}`);
    expect(readFileSync(join(folder, 'data', 'locks', 'service.json'), 'utf8')).toContain(`${service.process.pid}`);
  });
});
