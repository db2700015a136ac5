import { expect, test } from 'vitest';
import type { StudyPlan } from '#api-contract';
import { renderPlan } from './render-plan.js';

const about = (seconds: number) => ({ seconds, low: seconds / 2, high: seconds * 2 });

const plan: StudyPlan = {
  name: 'insects',
  dataset: { name: 'ants-and-bees', train: 245, validation: 153 },
  workers: { alive: 2, devices: [{ class: 'cpu', name: 'two cores', threads: 2, workers: 2 }] },
  candidates: [
    { architecture: 'resnet18', retrainDepth: 'deep', epoch: about(12), fixed: about(3), source: 'record' },
    { architecture: 'alexnet', retrainDepth: 'shallow', epoch: about(0.4), fixed: about(5), source: 'guess' },
  ],
  ruledOut: [{ architecture: 'vgg16', metric: 'latencyP95Ms', value: 312.4567, atMost: 100 }],
  preparations: [
    { kind: 'profile', architecture: 'resnet18', seconds: 4 },
    { kind: 'profile', architecture: 'alexnet', seconds: 2 },
    { kind: 'probe', architecture: 'resnet18', seconds: 6 },
  ],
  ...{ trials: 20, epochs: 52, duration: about(700), limit: 'trials', reserveSeconds: 0 },
};

test('renderPlan() says in times that people read how long, on what, and where each figure is from', () => {
  expect(renderPlan(plan)).toBe(
    [
      'insects  nothing was created',
      '  dataset   ants-and-bees: 245 pictures to train on, 153 to validate on',
      '  workers   2 connected: two cores (cpu, 2 threads)',
      '  duration  about 11 min 40 s (5 min 50 s–23 min 20 s)',
      '  trials    about 20, 52 epochs',
      '  ended by  its number of trials',
      '',
      'Measured first, about 12 s together:',
      '  latency, size and memory of resnet18, alexnet',
      '  what the features of resnet18 are worth',
      '',
      'Not trained, as it misses a constraint here:',
      '  vgg16: latencyP95Ms is 312.5; latencyP95Ms at most 100 ms',
      '',
      'architecture  depth             an epoch  besides, the first time  figures',
      'resnet18      deep       12 s (6.0–24 s)        3.0 s (1.5–6.0 s)  measured in earlier trials',
      'alexnet       shallow  0.4 s (0.2–0.8 s)         5.0 s (3.0–10 s)  guessed from its size',
    ].join('\n'),
  );
});

test('renderPlan() says for whom it is where no worker is connected, and what is kept back of the time', () => {
  const text = renderPlan({
    ...plan,
    workers: { alive: 0, devices: [{ class: 'cuda', name: 'a card', threads: 1, workers: 1 }] },
    ...{ limit: 'deadline', reserveSeconds: 30, preparations: [], ruledOut: [] },
  });
  expect(text).toContain('workers   none is connected; the figures are those of one on a card (cuda)');
  expect(text).toContain('ended by  budget.deadline, 30 s kept back for the export');
  expect(text).not.toMatch(/Measured first|Not trained/);
});
