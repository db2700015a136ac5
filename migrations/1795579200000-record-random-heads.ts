import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Studies from before `training.headInit` trained every head from a random state. They keep it: the default that new
 * studies get would change the trials they still make, and what the exports of the old ones say of their training.
 */
export class RecordRandomHeads1795579200000 implements MigrationInterface {
  name = 'RecordRandomHeads1795579200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE study SET spec = jsonb_set(spec, '{training,headInit}', '"random"') WHERE NOT spec->'training' ? 'headInit'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    // The program from before refuses a field it does not know.
    await runner.query(`UPDATE study SET spec = spec #- '{training,headInit}'`);
  }
}
