import type { FrontRepository } from '#search';
import type { Query } from '../database.js';

/** The kept fronts in Postgres. */
export class PostgresFrontRepository implements FrontRepository {
  constructor(private readonly query: Query) {}

  async read(studyId: string): Promise<readonly string[]> {
    const statement = 'SELECT trial_id FROM front WHERE study_id = $1 ORDER BY place';
    return (await this.query<{ trial_id: string }>(statement, [studyId])).map(({ trial_id }) => trial_id);
  }

  async replace(studyId: string, trialIds: readonly string[]): Promise<void> {
    await this.query('DELETE FROM front WHERE study_id = $1 AND trial_id <> ALL($2::uuid[])', [studyId, trialIds]);
    await this.query(
      `INSERT INTO front (study_id, trial_id, place)
       SELECT $1, n.id, n.place FROM unnest($2::uuid[]) WITH ORDINALITY AS n(id, place)
           ON CONFLICT (study_id, trial_id) DO UPDATE SET place = excluded.place`,
      [studyId, trialIds],
    );
  }
}
