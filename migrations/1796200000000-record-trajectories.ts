// compatible
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Trainings that are on record at the end of an epoch, to be continued by trials for more; which training a trial is, and
 * what of its seconds it computed itself.
 */
export class RecordTrajectories1796200000000 implements MigrationInterface {
  name = 'RecordTrajectories1796200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "trial" ADD "trajectory_key" character varying(64)`);
    await runner.query(`ALTER TABLE "trial" ADD "continued_from" integer`);
    await runner.query(`ALTER TABLE "trial" ADD "computed_seconds" double precision`);
    await runner.query(
      `CREATE INDEX "trial_trajectory" ON "trial" ("trajectory_key") WHERE trajectory_key IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX "trial_checkpoint" ON "trial" ("checkpoint_sha256") WHERE checkpoint_sha256 IS NOT NULL`,
    );
    await runner.query(`CREATE TABLE "trajectory_point" (
        "key" character varying(64) NOT NULL,
        "epoch" integer NOT NULL,
        "checkpoint_sha256" character varying(64) NOT NULL,
        "checkpoint_bytes" bigint NOT NULL,
        "slots_sha256" character varying(64),
        "slots_bytes" bigint,
        "initial_state_sha256" character varying(64) NOT NULL,
        "measures" jsonb NOT NULL,
        "reports" jsonb NOT NULL,
        "seconds" double precision NOT NULL,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "last_used_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "trial_id" uuid NOT NULL,
        CONSTRAINT "trajectory_slots" CHECK ((slots_sha256 IS NULL) = (slots_bytes IS NULL)),
        CONSTRAINT "PK_trajectory_point" PRIMARY KEY ("key", "epoch")
      )`);
    await runner.query(`CREATE INDEX "trajectory_trial" ON "trajectory_point" ("trial_id")`);
    await runner.query(`CREATE INDEX "trajectory_checkpoint" ON "trajectory_point" ("checkpoint_sha256")`);
    await runner.query(
      `CREATE INDEX "trajectory_slots_sha256" ON "trajectory_point" ("slots_sha256") WHERE slots_sha256 IS NOT NULL`,
    );
    await runner.query(
      `ALTER TABLE "trajectory_point" ADD CONSTRAINT "FK_trajectory_trial" FOREIGN KEY ("trial_id") REFERENCES "trial"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "trajectory_point"`);
    await runner.query(`DROP INDEX "trial_checkpoint"`);
    await runner.query(`DROP INDEX "trial_trajectory"`);
    await runner.query(`ALTER TABLE "trial" DROP COLUMN "computed_seconds"`);
    await runner.query(`ALTER TABLE "trial" DROP COLUMN "continued_from"`);
    await runner.query(`ALTER TABLE "trial" DROP COLUMN "trajectory_key"`);
  }
}
