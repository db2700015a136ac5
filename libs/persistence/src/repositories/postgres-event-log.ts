import type { EventLog, StoredStudyEvent, StudyEvent } from '#search';
import type { Query } from '../database.js';

/** First key of this log's advisory locks; the second is a hash of the study's id. */
const LOCK_SPACE = 4680;

/**
 * Events in Postgres. A sequence alone does not order commits: a transaction may draw 5, another draw 6 and commit
 * first, and a reader that has seen 6 would never see 5. So whoever appends to a study holds a lock from the draw to its
 * commit; readers take none.
 */
export class PostgresEventLog implements EventLog {
  constructor(private readonly query: Query) {}

  async append(studyId: string, events: readonly StudyEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK_SPACE, studyId]);
    await this.query(
      `INSERT INTO study_event (study_id, type, data, at)
       SELECT $1, e.event ->> 'type', e.event - 'type', clock_timestamp()
         FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS e(event, place) ORDER BY e.place`,
      [studyId, JSON.stringify(events)],
    );
  }

  async read(studyId: string, afterId: number, limit: number): Promise<readonly StoredStudyEvent[]> {
    type Row = { id: string; type: string; data: object; at: Date };
    const rows = await this.query<Row>(
      'SELECT id, type, data, at FROM study_event WHERE study_id = $1 AND id > $2 ORDER BY id LIMIT $3',
      [studyId, afterId, limit],
    );
    return rows.map(({ id, type, data, at }) => ({ id: Number(id), at, event: { type, ...data } as StudyEvent }));
  }

  async lastId(studyId: string): Promise<number> {
    const statement = 'SELECT coalesce(max(id), 0) AS last FROM study_event WHERE study_id = $1';
    const [{ last }] = await this.query<{ last: string }>(statement, [studyId]);
    return Number(last);
  }
}
