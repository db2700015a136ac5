import type { Constraint, TrialListRequest } from '#search';
import { measureColumns, metricColumn } from '../sql/measure-columns.js';
import { SELECT_TRIAL } from '../sql/trial.js';
import { type CursorPart, decodeCursor } from './cursor.js';

/** A statement with its parameters. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** The column a listing is sorted by. */
export function sortColumn(sort: TrialListRequest['sort'] = 'number'): string {
  return sort === 'number' ? 'number' : metricColumn(sort);
}

/** What the sort column holds: a cursor with anything else is none of ours. */
function sortPart(sort: TrialListRequest['sort'] = 'number'): CursorPart | readonly [CursorPart, null] {
  if (sort === 'number') return 'integer';
  return [measureColumns[sort][1] === 'bigint' ? 'bigint' : 'number', null];
}

/**
 * The statement of one page of trials, with one row more than asked for. Only names of this module become SQL; what
 * comes from a request is a parameter.
 *
 * Order: the sort column, then the number; rows without a value come last either way.
 */
export function trialListStatement(studyId: string, request: TrialListRequest): Statement {
  const parameters: unknown[] = [studyId];
  const parameter = (value: unknown) => `$${parameters.push(value)}`;
  const where = ['t.study_id = $1'];
  if (request.state !== undefined) where.push(`t.state = ${parameter(request.state)}`);
  if (request.architecture !== undefined)
    where.push(`t.params ->> 'architecture' = ${parameter(request.architecture)}`);
  if (request.retrainDepth !== undefined)
    where.push(`t.params ->> 'retrainDepth' = ${parameter(request.retrainDepth)}`);
  if (request.feasible !== undefined) where.push(`t.feasible = ${parameter(request.feasible)}`);
  const column = `t.${sortColumn(request.sort)}`;
  const descending = request.order === 'desc';
  if (request.cursor !== undefined) {
    const [value, number] = decodeCursor(request.cursor, [sortPart(request.sort), 'integer']);
    const later = `t.number > ${parameter(number)}::int`;
    if (column === 't.number') where.push(descending ? `t.number < $${parameters.length}::int` : later);
    else if (value === null) where.push(`${column} IS NULL AND ${later}`);
    else {
      const place = parameter(value);
      const beyond = `${column} ${descending ? '<' : '>'} ${place}`;
      where.push(`(${beyond} OR (${column} = ${place} AND ${later}) OR ${column} IS NULL)`);
    }
  }
  const order = column === 't.number' ? '' : `${column} ${descending ? 'DESC' : 'ASC'} NULLS LAST, `;
  const byNumber = `t.number ${descending && order === '' ? 'DESC' : 'ASC'}`;
  const limit = parameter(request.limit + 1);
  return {
    sql: `${SELECT_TRIAL} WHERE ${where.join(' AND ')} ORDER BY ${order}${byNumber} LIMIT ${limit}`,
    parameters,
  };
}

/** Counts the COMPLETE trials of a study, and those of them that meet every constraint. */
export function countFinishedStatement(studyId: string, constraints: readonly Constraint[]): Statement {
  const parameters: unknown[] = [studyId];
  const met = constraints.map(({ metric, atMost, atLeast }) => {
    const bound = `$${parameters.push(atMost ?? atLeast)}::float8`;
    return `t.${metricColumn(metric)} ${atMost === undefined ? '>=' : '<='} ${bound}`;
  });
  const feasible = met.length === 0 ? 'true' : met.join(' AND ');
  return {
    sql: `SELECT count(*)::int AS considered, (count(*) FILTER (WHERE ${feasible}))::int AS feasible
            FROM trial t WHERE t.study_id = $1 AND t.state = 'COMPLETE'`,
    parameters,
  };
}
