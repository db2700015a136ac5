// compatible
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Profiles of architectures and probes of pretrained features: work that is done before trials, once for all studies. */
export class CreatePreparations1796100000000 implements MigrationInterface {
  name = 'CreatePreparations1796100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "preparation" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "serial" BIGSERIAL NOT NULL,
        "kind" character varying(16) NOT NULL,
        "key_sha256" character varying(64) NOT NULL,
        "key" jsonb NOT NULL,
        "state" character varying(16) NOT NULL DEFAULT 'WAITING',
        "attempt" integer NOT NULL DEFAULT 0,
        "expiries" integer NOT NULL DEFAULT 0,
        "run_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "worker_id" text,
        "claim_request_id" uuid,
        "lease_until" TIMESTAMP WITH TIME ZONE,
        "finished_attempt" integer,
        "result_digest" character varying(64),
        "result" jsonb,
        "measured_at" TIMESTAMP WITH TIME ZONE,
        "drift" jsonb,
        "drifted_at" TIMESTAMP WITH TIME ZONE,
        "fail_reason" character varying(20),
        "fail_message" text,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "finished_at" TIMESTAMP WITH TIME ZONE,
        CONSTRAINT "preparation_key" UNIQUE ("key_sha256"),
        CONSTRAINT "preparation_serial" UNIQUE ("serial"),
        CONSTRAINT "preparation_kind" CHECK (kind IN ('profile', 'probe')),
        CONSTRAINT "preparation_state" CHECK (state IN ('WAITING', 'RUNNING', 'COMPLETE', 'FAIL')),
        CONSTRAINT "preparation_lease" CHECK ((state = 'RUNNING') = (lease_until IS NOT NULL)),
        CONSTRAINT "preparation_pkey" PRIMARY KEY ("id")
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX "preparation_claim" ON "preparation" ("worker_id", "claim_request_id") WHERE state = 'RUNNING'`,
    );
    await runner.query(
      `CREATE INDEX "preparation_queue" ON "preparation" ("run_at", "serial") WHERE state = 'WAITING'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "preparation"`);
  }
}
