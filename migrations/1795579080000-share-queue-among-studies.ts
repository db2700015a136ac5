// compatible
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The queue is read study by study, first in first out: `serial` decides where the random `id` did. Finished trials are
 * found by accuracy without a sort, and datasets are paged by `serial` like every other listing.
 */
export class ShareQueueAmongStudies1795579080000 implements MigrationInterface {
  name = 'ShareQueueAmongStudies1795579080000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "trial_queue"`);
    await runner.query(
      `CREATE INDEX "trial_queue" ON "trial" ("study_id", "priority" DESC, "run_at", "serial") WHERE state = 'WAITING'`,
    );
    await runner.query(`CREATE INDEX "trial_best" ON "trial" ("study_id", "accuracy" DESC) WHERE state = 'COMPLETE'`);
    await runner.query(`ALTER TABLE "dataset" ADD CONSTRAINT "UQ_18af99437911d203b7a33b5e878" UNIQUE ("serial")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "dataset" DROP CONSTRAINT "UQ_18af99437911d203b7a33b5e878"`);
    await runner.query(`DROP INDEX "trial_best"`);
    await runner.query(`DROP INDEX "trial_queue"`);
    await runner.query(
      `CREATE INDEX "trial_queue" ON "trial" ("priority" DESC, "run_at", "id") WHERE state = 'WAITING'`,
    );
  }
}
