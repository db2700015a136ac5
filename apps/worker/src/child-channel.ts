/**
 * @file What parent and child say to each other over IPC. The child asks (`ask`) and gets one answer each; a job ends with
 * `result` or `failure`. The parent sends `start`: once, or once after each result to a child that serves many jobs.
 * Numbers may be NaN: the channel uses structured clones.
 */

/** Child to parent. */
export type ChildMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'ask'; readonly id: number; readonly topic: string; readonly body: unknown }
  | { readonly type: 'tell'; readonly topic: string; readonly body: unknown }
  | { readonly type: 'started' }
  | { readonly type: 'result'; readonly result: unknown /** Of the process, now. */; readonly residentBytes?: number }
  | { readonly type: 'failure'; readonly failure: Failure };

/** Parent to child. */
export type ParentMessage =
  | { readonly type: 'start'; readonly job: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown };

/** An error that crossed the process boundary. */
export interface Failure {
  /** Of a DomainError; `ERROR` otherwise. */
  readonly code: string;
  readonly message: string;
  readonly stack: string;
}

/** What the child may say while it works. */
export interface Channel {
  /** Waits for the parent's answer. */
  ask(topic: string, body: unknown): Promise<unknown>;
  /** Says something that needs no answer. */
  tell(topic: string, body: unknown): void;
}

/**
 * The whole life of a child process: waits for its job, works, sends what came out and leaves, or waits for the next one.
 * Exits by itself when the parent is gone; leaves signals of the terminal to the parent. A child whose job threw leaves
 * in any case: nobody knows in what state it is.
 */
export function serveChild(
  work: (job: unknown, channel: Channel) => Promise<unknown>,
  { jobs = 'one' }: { readonly jobs?: 'one' | 'many' } = {},
): void {
  const waiting = new Map<number, (answer: unknown) => void>();
  let asked = 0;
  const channel: Channel = {
    ask: (topic, body) =>
      new Promise((resolve) => {
        const id = asked++;
        waiting.set(id, resolve);
        send({ type: 'ask', id, topic, body });
      }),
    tell: (topic, body) => send({ type: 'tell', topic, body }),
  };
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('message', (message: ParentMessage) => {
    if (message.type === 'answer') {
      waiting.get(message.id)?.(message.answer);
      waiting.delete(message.id);
      return;
    }
    send({ type: 'started' });
    work(message.job, channel).then(
      (result) => {
        if (jobs === 'one') leave({ type: 'result', result }, 0);
        else send({ type: 'result', result, residentBytes: process.memoryUsage.rss() });
      },
      (error: unknown) => leave({ type: 'failure', failure: toFailure(error) }, 1),
    );
  });
  process.on('uncaughtException', (error) => leave({ type: 'failure', failure: toFailure(error) }, 1));
  send({ type: 'ready' });
}

/** An error as it is sent to the parent. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: 'ERROR', message: String(error), stack: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'ERROR';
  return { code, message: error.message, stack: error.stack ?? '' };
}

function send(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}

function leave(message: ChildMessage, code: number): void {
  if (!process.connected || !process.send) process.exit(code);
  process.send(message, () => process.exit(code));
}
