// compatible
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The device that a trial's latency was measured on. Until now that was always the one that trained it. */
export class RecordLatencyDevices1795597200000 implements MigrationInterface {
  name = 'RecordLatencyDevices1795597200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "trial" ADD "latency_device_class" text`);
    await runner.query(`ALTER TABLE "trial" ADD "latency_device_name" text`);
    await runner.query(
      `UPDATE trial SET latency_device_class = device_class, latency_device_name = device_name
        WHERE latency_p50_ms IS NOT NULL OR latency_p95_ms IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "trial" DROP COLUMN "latency_device_name"`);
    await runner.query(`ALTER TABLE "trial" DROP COLUMN "latency_device_class"`);
  }
}
