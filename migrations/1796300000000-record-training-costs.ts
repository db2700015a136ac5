// compatible
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What trials take, by device; the time budgets of studies; when an export was begun. */
export class RecordTrainingCosts1796300000000 implements MigrationInterface {
  name = 'RecordTrainingCosts1796300000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "training_cost" (
        "id" integer GENERATED ALWAYS AS IDENTITY NOT NULL,
        "device_class" text NOT NULL,
        "device_name" text NOT NULL,
        "threads" integer NOT NULL,
        "runtime" text NOT NULL,
        "architecture" text NOT NULL,
        "retrain_depth" character varying(16) NOT NULL,
        "image_size" integer NOT NULL,
        "batch_size" integer NOT NULL,
        "dataset_version" character varying(64) NOT NULL,
        "pictures" integer NOT NULL,
        "first_fixed" double precision NOT NULL,
        "train_count" double precision NOT NULL DEFAULT '0',
        "train_mean" double precision NOT NULL DEFAULT '0',
        "train_squares" double precision NOT NULL DEFAULT '0',
        "evaluation_count" double precision NOT NULL DEFAULT '0',
        "evaluation_mean" double precision NOT NULL DEFAULT '0',
        "evaluation_squares" double precision NOT NULL DEFAULT '0',
        "fixed_count" double precision NOT NULL DEFAULT '0',
        "fixed_mean" double precision NOT NULL DEFAULT '0',
        "fixed_squares" double precision NOT NULL DEFAULT '0',
        "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "training_cost_key" UNIQUE ("device_class", "device_name", "architecture", "retrain_depth",
          "image_size", "batch_size", "dataset_version", "threads", "runtime"),
        CONSTRAINT "PK_training_cost" PRIMARY KEY ("id")
      )`);
    await runner.query(
      `CREATE INDEX "training_cost_device" ON "training_cost" ("device_class", "device_name", "updated_at")`,
    );
    await runner.query(`ALTER TABLE "study" ADD "ends_at" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`ALTER TABLE "study" ADD "reserve_seconds" double precision NOT NULL DEFAULT '0'`);
    await runner.query(`ALTER TABLE "study" ADD "train_seconds_limit" double precision`);
    await runner.query(`ALTER TABLE "study" ADD "spent_train_seconds" double precision NOT NULL DEFAULT '0'`);
    await runner.query(`ALTER TABLE "export" ADD "started_at" TIMESTAMP WITH TIME ZONE`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "export" DROP COLUMN "started_at"`);
    for (const column of ['spent_train_seconds', 'train_seconds_limit', 'reserve_seconds', 'ends_at']) {
      await runner.query(`ALTER TABLE "study" DROP COLUMN "${column}"`);
    }
    await runner.query(`DROP TABLE "training_cost"`);
  }
}
