import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Dataset, ExportedModel, ParetoFront, Study } from '#api-contract';
import { markedProcesses } from '../support/marked-processes.js';
import { runCli } from '../support/run-cli.js';

interface DemoEnd {
  readonly event: string;
  readonly dataset: Dataset;
  readonly study: Study;
  readonly front: ParetoFront;
  readonly exported: ExportedModel;
  readonly folder: string;
  readonly prediction: {
    picture: { className: string };
    answer: { predictions: { label: string; probability: number }[] };
  };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'retune demo '));
  chmodSync(folder, 0o755); // the user that root's database runs as must get in
});
afterAll(() => rmSync(folder, { recursive: true }));

/** One or two of the twenty trials: the way is the whole one. */
async function runDemo(trials: number): Promise<DemoEnd> {
  const { code, stdout, stderr } = await runCli(['demo', '--json', '--trials', `${trials}`], { folder });
  expect([code, stderr]).toEqual([0, '']);
  const last = JSON.parse(stdout.trim().split('\n').at(-1) as string) as DemoEnd;
  expect(last.event).toBe('demo.finished');
  expect(markedProcesses('none', folder)).toEqual([]);
  return last;
}

let first: DemoEnd;
test('demo goes from drawn pictures to a prediction of the exported model', async () => {
  first = await runDemo(2);
  const { dataset, study, front, exported, prediction } = first;
  const count = (split: 'train' | 'validation') => dataset.classes.reduce((sum, one) => sum + one[split], 0);
  expect(dataset.classes.map(({ name }) => name)).toEqual(['ants', 'bees']);
  expect(count('train')).toBeGreaterThanOrEqual(240);
  expect(count('validation')).toBeGreaterThanOrEqual(150);
  expect(dataset.rejected).toEqual([]);
  expect([study.state, study.progress]).toEqual(['COMPLETE', { finished: 2, total: 2 }]);
  expect(front.items[0]?.trial.measures.accuracy).toBeGreaterThanOrEqual(0.75);
  expect(exported).toMatchObject({ state: 'READY', trialNumber: front.items[0]?.trial.number });
  expect(exported.verification?.validationImages).toBe(count('validation'));
  expect(readdirSync(first.folder).sort()).toEqual(exported.files.map(({ name }) => name).sort());
  const { predictions } = prediction.answer;
  expect(predictions.map(({ label }) => label).sort()).toEqual(['ants', 'bees']);
  expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4);
});

test('demo uses pictures, dataset and database again, and replaces the exported model', async () => {
  const pictures = join(folder, 'data', 'demo', 'pictures');
  const drawnMs = statSync(join(pictures, 'train', 'ants', 'ants-001.jpg')).mtimeMs;
  const again = await runDemo(1);
  expect(statSync(join(pictures, 'train', 'ants', 'ants-001.jpg')).mtimeMs).toBe(drawnMs);
  expect(again.dataset.id).toBe(first.dataset.id);
  expect(again.study.id).not.toBe(first.study.id);
  expect(again.folder).toBe(first.folder);
  expect(readdirSync(join(folder, 'data', 'demo')).sort()).toEqual(['model', 'pictures']);
});
