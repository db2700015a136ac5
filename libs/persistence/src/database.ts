import type { DataSource, QueryRunner } from 'typeorm';

/** Runs one SQL statement with `$1`, `$2`, … and returns its rows, those of RETURNING included. */
export type Query = <Row>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;

/** Deadlock and serialization failure: nothing has happened, and the same again will do. */
const REPEATABLE = new Set(['40P01', '40001']);
const MOST_TRIES = 5;

/** Runs each statement on its own on a connection of the pool. */
export function queryOn(dataSource: DataSource): Query {
  return async (sql, parameters) => {
    const runner = dataSource.createQueryRunner();
    try {
      return await queryOnRunner(runner)(sql, parameters);
    } finally {
      await runner.release();
    }
  };
}

/** Runs `work` in a transaction at READ COMMITTED, again from its beginning after a deadlock, at most five times. */
export async function inTransaction<Result>(
  dataSource: DataSource,
  work: (query: Query) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const runner = dataSource.createQueryRunner();
    try {
      await runner.startTransaction('READ COMMITTED');
      const result = await work(queryOnRunner(runner));
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      if (tries >= MOST_TRIES || !REPEATABLE.has(sqlStateOf(error))) throw error;
    } finally {
      await runner.release();
    }
  }
}

/** The SQLSTATE of a failed query, `''` for any other error. */
export function sqlStateOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

function queryOnRunner(runner: QueryRunner): Query {
  return async <Row>(sql: string, parameters: readonly unknown[] = []) => {
    try {
      const { records } = await runner.query(sql, [...parameters], true);
      return (records ?? []) as Row[];
    } catch (error) {
      if (error instanceof Error && error.message.includes('Query read timeout')) await cut(runner);
      throw error;
    }
  };
}

/** After a client-side timeout the answer may still come, and would be taken for that of the next query: cut the line. */
async function cut(runner: QueryRunner): Promise<void> {
  const client = (await runner.connect()) as { connection?: { stream?: { destroy(): void } } };
  client.connection?.stream?.destroy();
}
