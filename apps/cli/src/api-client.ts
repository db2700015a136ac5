import {
  architectureCard,
  architectureList,
  type CreateDatasetRequest,
  type CreateExportRequest,
  type CreateStudyInput,
  type Dataset,
  dataset,
  type ExportedModel,
  exportedModel,
  health,
  type ParetoFront,
  type ParetoQuery,
  type Profile,
  page,
  paretoFront,
  problem,
  profile,
  type RemeasureRequest,
  type RemeasureResponse,
  remeasureResponse,
  type Study,
  type StudyEvent,
  type StudyPlan,
  storage,
  study,
  studyEvent,
  studyPlan,
  type Trial,
  trial,
  workerList,
} from '#api-contract';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';
import { readServerSentEvents } from './server-sent-events.js';

/** Anything that checks an answer; every schema of the contract does. */
interface Schema<Output> {
  safeParse(value: unknown): { success: true; data: Output } | { success: false; error: Error };
}

/** A client of Retune's HTTP interface: requests and answers as the contract describes them. */
export class ApiClient {
  /**
   * @param url Where the service is, without `/v1`.
   * @param signal Aborts every request.
   */
  constructor(
    readonly url: string,
    private readonly signal: AbortSignal,
    private readonly timeoutMs = 30_000,
  ) {}

  health = () => this.get('/health/ready', health);
  architecture = (name: string) => this.get(`/v1/architectures/${encodeURIComponent(name)}`, architectureCard);
  architectures = async () => (await this.get('/v1/architectures', architectureList)).items;
  /** The last seen first. */
  workers = async () => (await this.get('/v1/workers', workerList)).items;

  storage = () => this.get('/v1/storage', storage);
  /** The newest first; of one architecture, of devices of one class or name. */
  profiles = (filters: RemeasureRequest): Promise<Profile[]> => this.pages('/v1/profiles', profile, filters);
  remeasureProfiles = (body: RemeasureRequest): Promise<RemeasureResponse> =>
    this.post('/v1/profiles/remeasure', body, remeasureResponse);

  /** Every dataset, or those of one name; each names its first refused files only. */
  datasets = (name?: string): Promise<Dataset[]> => this.pages('/v1/datasets', dataset, { name });
  dataset = (id: string) => this.get(`/v1/datasets/${encodeURIComponent(id)}`, dataset);
  createDataset = (body: CreateDatasetRequest): Promise<Dataset> => this.post('/v1/datasets', body, dataset);

  studies = () => this.pages('/v1/studies', study);
  study = (id: string) => this.get(studyPath(id), study);
  /** What the study would do; nothing is stored. */
  planStudy = (body: CreateStudyInput): Promise<StudyPlan> => this.post('/v1/studies?dryRun=true', body, studyPlan);
  createStudy = (body: CreateStudyInput): Promise<Study> => this.post('/v1/studies', body, study);
  stopStudy = (id: string): Promise<Study> => this.post(`${studyPath(id)}/stop`, undefined, study);
  resumeStudy = (id: string): Promise<Study> => this.post(`${studyPath(id)}/resume`, undefined, study);
  pareto = (id: string, bounds: ParetoQuery): Promise<ParetoFront> =>
    this.get(`${studyPath(id)}/pareto${query(bounds)}`, paretoFront);

  /** Every trial of a study that the filters let through, page after page. */
  trials = (id: string, filters: Readonly<Record<string, string | undefined>> = {}): Promise<Trial[]> =>
    this.pages(`${studyPath(id)}/trials`, trial, filters);
  trial = (id: string, number: number): Promise<Trial> => this.get(`${studyPath(id)}/trials/${number}`, trial);

  createExport = (studyId: string, body: CreateExportRequest): Promise<ExportedModel> =>
    this.post(`${studyPath(studyId)}/exports`, body, exportedModel);
  export = (id: string): Promise<ExportedModel> => this.get(`/v1/exports/${encodeURIComponent(id)}`, exportedModel);
  downloadExport = async (id: string): Promise<Uint8Array> => {
    const response = await this.send(`/v1/exports/${encodeURIComponent(id)}/zip`, {}, 600_000);
    return new Uint8Array(await this.reading(response.arrayBuffer()));
  };

  /** What happens in a study from now on, or after the event `lastEventId`; ends when the service closes the stream. */
  async *studyEvents(
    id: string,
    lastEventId: string,
    signal: AbortSignal,
  ): AsyncGenerator<{ id: string; event: StudyEvent }, void, void> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (lastEventId) headers['last-event-id'] = lastEventId;
    const response = await this.send(`${studyPath(id)}/events`, { headers, signal }, undefined);
    if (!response.body) return;
    for await (const message of readServerSentEvents(response.body)) {
      const event = studyEvent.safeParse(parseJson(message.data));
      // An event of a later version is none of ours.
      if (event.success) yield { id: message.id, event: event.data };
    }
  }

  private async get<Output>(path: string, schema: Schema<Output>): Promise<Output> {
    return this.read(path, await this.send(path, {}, this.timeoutMs), schema);
  }

  private async post<Output>(path: string, body: unknown, schema: Schema<Output>): Promise<Output> {
    const init: RequestInit = { method: 'POST' };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'content-type': 'application/json' };
    }
    return this.read(path, await this.send(path, init, this.timeoutMs), schema);
  }

  private async pages<Item>(
    path: string,
    item: Parameters<typeof page>[0] & Schema<Item>,
    filters: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const answer = await this.get(path + query({ ...filters, limit: 500, cursor }), page(item));
      items.push(...(answer.items as Item[]));
      cursor = answer.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return items;
  }

  /** @throws {CliError} when nobody answers, or the answer is a problem. */
  private async send(path: string, init: RequestInit, timeoutMs: number | undefined): Promise<Response> {
    const signals = [this.signal, ...(init.signal ? [init.signal] : [])];
    if (timeoutMs !== undefined) signals.push(AbortSignal.timeout(timeoutMs));
    const response = await this.reading(fetch(this.url + path, { ...init, signal: AbortSignal.any(signals) }));
    if (!response.ok) throw await this.refusal(path, response);
    return response;
  }

  private async read<Output>(path: string, response: Response, schema: Schema<Output>): Promise<Output> {
    const text = await this.reading(response.text());
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new CliError(
      `${this.url}${path} gave an answer that this version of retune does not understand`,
      exitCode.failed,
      [],
      { cause: parsed.error },
    );
  }

  private async reading<Value>(operation: Promise<Value>): Promise<Value> {
    try {
      return await operation;
    } catch (error) {
      this.signal.throwIfAborted();
      const why = reasonOf(error);
      throw new CliError(`Cannot reach the service at ${this.url}: ${why}`, exitCode.unreachable, hints(why), {
        cause: error,
      });
    }
  }

  private async refusal(path: string, response: Response): Promise<CliError> {
    const parsed = problem.safeParse(parseJson(await this.reading(response.text())));
    if (!parsed.success) return new CliError(`${this.url}${path} answered ${response.status} ${response.statusText}`);
    const { detail, code, errors = [], status } = parsed.data;
    const details = errors.map(
      ({ field, value, allowed }) =>
        `${field}: ${value === undefined ? 'missing' : JSON.stringify(value)}; allowed: ${allowed}`,
    );
    // A detail that lists the fields again would say everything twice.
    const repeats = errors.length > 0 && errors.every(({ field }) => detail.includes(field));
    return new CliError(repeats ? 'The service refuses this input' : detail, exitOf(status, code), details);
  }
}

/** Codes of the service that mean: there are trials, and none of them will do. */
const nothingFeasibleCodes = new Set(['NOTHING_FEASIBLE', 'NO_FEASIBLE_TRIAL']);

function exitOf(status: number, code: string) {
  if (nothingFeasibleCodes.has(code)) return exitCode.nothingFeasible;
  if (status === 503) return exitCode.unreachable;
  return status === 400 || status === 404 || status === 422 ? exitCode.badInput : exitCode.failed;
}

function studyPath(id: string): string {
  return `/v1/studies/${encodeURIComponent(id)}`;
}

function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** @returns undefined for what is not JSON: no schema accepts it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch hides why it failed in the cause, and behind a name that resolves twice one level deeper. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

function hints(why: string): string[] {
  return why.includes('ECONNREFUSED')
    ? ['Is it running? "retune start" starts one here; --api or RETUNE_API names another.']
    : [];
}
