// compatible
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is known of a trial besides its parameters: which rule gave the baseline. */
export class RecordUserAttrs1795900000000 implements MigrationInterface {
  name = 'RecordUserAttrs1795900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "trial" ADD "user_attrs" jsonb NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "trial" DROP COLUMN "user_attrs"`);
  }
}
