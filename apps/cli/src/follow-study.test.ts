import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Study, StudyEvent, Trial } from '#api-contract';
import { ApiClient } from './api-client.js';
import { InterruptedError } from './cli-error.js';
import { followStudy, type StudyNews } from './follow-study.js';

const id = '1b671a64-40d5-491e-99b0-da01ff1f3341';
const at = '2026-11-24T00:00:00Z';

/** A study served over HTTP whose events a test sends. */
class ServedStudy {
  readonly trials: Trial[] = [];
  state: Study['state'] = 'RUNNING';
  /** `Last-Event-ID` of every connection. */
  readonly connections: (string | undefined)[] = [];
  private readonly streams = new Set<ServerResponse>();
  private lastId = 0;
  private readonly server: Server;

  constructor() {
    this.server = createServer(({ url = '', headers }, response) => {
      if (url.endsWith('/events')) {
        this.connections.push(headers['last-event-id'] as string | undefined);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        this.streams.add(response);
        if (this.connections.length === 1) this.onFirst();
        else this.onNext();
      } else if (url.includes('/trials?')) {
        response.end(JSON.stringify({ items: this.trials, nextCursor: null }));
      } else {
        response.end(JSON.stringify(this.study()));
      }
    });
  }

  onFirst = () => {};
  onNext = () => {};

  async client(signal: AbortSignal): Promise<ApiClient> {
    this.server.listen(0, '127.0.0.1');
    await new Promise((resolve) => this.server.once('listening', resolve));
    return new ApiClient(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`, signal);
  }

  finish(number: number): void {
    this.trials.push(trialOf(number));
    this.send({
      ...{ type: 'trial.finished', at, number, state: 'COMPLETE', reason: null },
      ...{ accuracy: 0.9, latencyP95Ms: 1, onFront: true },
    });
  }

  send(event: StudyEvent): void {
    this.lastId += 1;
    for (const stream of this.streams) stream.write(`id: ${this.lastId}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  breakStreams(): void {
    for (const stream of this.streams) stream.destroy();
    this.streams.clear();
  }

  close(): void {
    this.breakStreams();
    this.server.closeAllConnections();
    this.server.close();
  }

  private study(): Study {
    const searchSpace = {
      architecture: ['a'],
      retrainDepth: ['deep' as const],
      learningRate: { low: 1, high: 1 },
      epochs: [1],
    };
    return {
      ...{
        id,
        name: 's',
        state: this.state,
        datasetName: 'd',
        eta: null,
        budget: null,
        bestTrialNumber: null,
        createdAt: at,
      },
      finishedAt: null,
      counts: { WAITING: 0, RUNNING: 0, COMPLETE: this.trials.length, PRUNED: 0, FAIL: 0 },
      progress: { finished: this.trials.length, total: 3 },
      spec: {
        ...{ name: 's', datasetId: id, searchSpace, objectives: [], constraints: [], enqueue: [] },
        training: {
          imageSize: 64,
          batchSize: 1,
          momentum: 0,
          weightDecay: 0,
          headInit: 'probe',
          schedule: { kind: 'constant' },
          featureDtype: 'fp32',
          latencyBatch: 4,
          seed: 0,
        },
        ...{ sampler: { name: 'tpe', options: {} }, pruner: { name: 'none', options: {} } },
        ...{ trials: 3, timeoutSeconds: null, maxAttempts: 1, seed: 0 },
        objectives: [{ metric: 'accuracy', direction: 'maximize' }],
      },
    };
  }
}

let served: ServedStudy;
afterEach(() => served.close());

test('followStudy() gives what has finished, then what happens, each trial once, over a stream that breaks', async () => {
  served = new ServedStudy();
  const client = await served.client(new AbortController().signal);
  served.trials.push(trialOf(0));
  served.onFirst = () => {
    served.finish(1);
    served.breakStreams();
  };
  served.onNext = () => {
    served.state = 'COMPLETE';
    served.finish(2);
    served.send({ type: 'study.state', at, state: 'COMPLETE' });
  };
  const news: StudyNews[] = [];
  for await (const item of followStudy(client, id, new AbortController().signal)) news.push(item);
  const numbers = news.flatMap((item) => (item.kind === 'trial' ? [item.trial.number] : []));
  expect(numbers).toEqual([0, 1, 2]);
  expect(news.findLast(({ kind }) => kind === 'study')).toMatchObject({ study: { state: 'COMPLETE' } });
  expect(served.connections[0]).toBeUndefined();
});

test('followStudy() passes on the epochs of running trials', async () => {
  served = new ServedStudy();
  const client = await served.client(new AbortController().signal);
  const report = { epoch: 1, trainLoss: 1, validationLoss: 1, accuracy: 0.5, trainSeconds: 1, evaluationSeconds: 1 };
  served.onFirst = () => served.send({ type: 'trial.reported', at, number: 4, report, epochs: 6 });
  for await (const item of followStudy(client, id, new AbortController().signal)) {
    if (item.kind === 'epoch') {
      expect(item).toMatchObject({ number: 4, report, epochs: 6 });
      served.state = 'STOPPED';
    }
  }
  expect(served.state).toBe('STOPPED');
});

test('followStudy() ends at once when the command is interrupted', async () => {
  served = new ServedStudy();
  const controller = new AbortController();
  const client = await served.client(controller.signal);
  served.onFirst = () => controller.abort(new InterruptedError('SIGINT'));
  const follow = async () => {
    for await (const item of followStudy(client, id, controller.signal)) expect(item.kind).toBe('study');
  };
  await expect(follow()).rejects.toThrow('interrupted');
});

function trialOf(number: number): Trial {
  return {
    ...{ id, studyId: id, number, state: 'COMPLETE', attempt: 1, workerId: null, device: null, latencyDevice: null },
    ...{ epoch: 1, measures: {}, userAttrs: {} },
    parameters: { architecture: 'a', retrainDepth: 'deep', learningRate: 1, epochs: 1 },
    ...{ accuracyInterval: null, constraints: [], feasible: true, onFront: true, pruneReason: null, failReason: null },
    ...{ failMessage: null, checkpoint: null, createdAt: at, startedAt: null },
    finishedAt: `2026-11-24T00:00:0${number}Z`,
  };
}
