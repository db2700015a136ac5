import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { z } from 'zod';
import { type Problem, problem } from '#api-contract';
import { PostgresStorage } from '#persistence';
import { copyTemplateDatabase, type TestDatabase } from '#persistence/testing';
import type { DatasetContent, DatasetRecord, SearchStorage } from '#search';
import { type Config, parseConfig } from '../../apps/api/src/config.js';
import { type RunningApi, startApi } from '../../apps/api/src/start-api.js';

/** An answer with its body read as JSON where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A service on a database and a data folder of its own, over real HTTP. */
export class TestApi {
  private constructor(
    private running: RunningApi,
    readonly dataFolder: string,
    /** The same database, past HTTP: to prepare what a test is not about. */
    readonly storage: SearchStorage,
    /** And past every rule: for rows that the service never writes. */
    readonly database: TestDatabase,
  ) {}

  get api(): RunningApi {
    return this.running;
  }

  static async start(settings: Partial<Config> = {}): Promise<TestApi> {
    const dataFolder = await mkdtemp(join(tmpdir(), 'retune-api-'));
    const database = await copyTemplateDatabase();
    const storage = new PostgresStorage(database.dataSource);
    const api = await startOn(database, storage, dataFolder, settings);
    return new TestApi(api, dataFolder, storage, database);
  }

  /** Ends the service and starts another one on the same database and folder. */
  async restart(settings: Partial<Config> = {}): Promise<void> {
    await this.running.close();
    this.running = await startOn(this.database, this.storage, this.dataFolder, settings);
  }

  async stop(): Promise<void> {
    await this.running.close();
    await this.database.drop();
    await rm(this.dataFolder, { recursive: true, force: true });
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
    const response = await fetch(this.api.url + path, { method, ...json, headers: { ...type, ...headers } });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** A call that must succeed; the answer must match the contract to the letter: no field more, none less. */
  async ok<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    path: string,
    body?: unknown,
    status = method === 'POST' ? 201 : 200,
  ): Promise<z.output<Schema>> {
    const answer = await this.call(method, path, body, path.startsWith('/v1/worker/') ? this.workerHeaders : {});
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status });
    const parsed = schema.parse(answer.body) as z.output<Schema>;
    expect(answer.body).toEqual(parsed);
    return parsed;
  }

  /** A call that must be refused with this problem. */
  async refused(status: number, code: string, method: string, path: string, body?: unknown): Promise<Problem> {
    const answer = await this.call(method, path, body, path.startsWith('/v1/worker/') ? this.workerHeaders : {});
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const parsed = problem.parse(answer.body);
    expect(parsed).toMatchObject({ status, code, instance: answer.headers.get('x-request-id') });
    expect(answer.status).toBe(status);
    return parsed;
  }

  get workerHeaders(): Record<string, string> {
    return { Authorization: `Bearer ${this.api.workerToken}` };
  }

  /** A dataset that is READY, without pictures behind it. */
  async readyDataset(name = 'insects', content: Partial<DatasetContent> = {}): Promise<DatasetRecord> {
    const record = await this.storage.datasets.insert({ name, path: '/pictures', validationFraction: 0.2, seed: 0 });
    await this.storage.datasets.setReady(record.id, {
      version: 'a'.repeat(64),
      manifestSha256: 'b'.repeat(64),
      classes: [
        { name: 'ant', train: 40, validation: 10, test: 0 },
        { name: 'bee', train: 40, validation: 10, test: 0 },
      ],
      imageCount: 100,
      sizeBytes: 100_000,
      rejected: [],
      ...content,
    });
    return (await this.storage.datasets.find(record.id)) as DatasetRecord;
  }
}

function startOn(
  { dataSource }: TestDatabase,
  storage: SearchStorage,
  dataFolder: string,
  settings: Partial<Config>,
): Promise<RunningApi> {
  const config = { ...parseConfig({ PORT: '0', RETUNE_LOG_LEVEL: 'error' }, ['--data', dataFolder], '/'), ...settings };
  return startApi(config, async () => ({
    storage,
    ping: async () => {
      await dataSource.query('SELECT 1');
    },
    close: async () => {},
  }));
}
