// compatible
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Examples of a training step, which a device with little memory lowers. */
export class RecordTrainBatchSize1795600800000 implements MigrationInterface {
  name = 'RecordTrainBatchSize1795600800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "trial" ADD "train_batch_size" integer`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "trial" DROP COLUMN "train_batch_size"`);
  }
}
