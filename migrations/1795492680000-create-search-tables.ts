// compatible
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first schema: datasets, studies, trials with their leases and reports, kept fronts, exports, workers, events.
 * Rows with leases leave a fifth of each page free, so that a heartbeat finds room beside the row it replaces.
 */
export class CreateSearchTables1795492680000 implements MigrationInterface {
  name = 'CreateSearchTables1795492680000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "dataset" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "serial" BIGSERIAL NOT NULL,
        "name" text NOT NULL,
        "path" text NOT NULL,
        "validation_fraction" double precision NOT NULL,
        "seed" bigint NOT NULL,
        "state" character varying(16) NOT NULL DEFAULT 'IMPORTING',
        "progress_done" integer NOT NULL DEFAULT '0',
        "progress_total" integer,
        "failure" text,
        "version" character varying(64),
        "manifest_sha256" character varying(64),
        "classes" jsonb NOT NULL DEFAULT '[]',
        "image_count" integer NOT NULL DEFAULT '0',
        "size_bytes" bigint NOT NULL DEFAULT '0',
        "rejected" jsonb NOT NULL DEFAULT '[]',
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "dataset_state" CHECK (state IN ('IMPORTING', 'READY', 'FAILED')),
        CONSTRAINT "PK_36c1c67adb3d1dd69ae57f18913" PRIMARY KEY ("id")
      )`);
    await runner.query(`CREATE TABLE "study" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "serial" BIGSERIAL NOT NULL,
        "name" text NOT NULL,
        "state" character varying(16) NOT NULL DEFAULT 'RUNNING',
        "spec" jsonb NOT NULL,
        "trial_limit" integer NOT NULL,
        "next_number" integer NOT NULL DEFAULT '0',
        "timeout_seconds" double precision,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "finished_at" TIMESTAMP WITH TIME ZONE,
        "dataset_id" uuid NOT NULL,
        CONSTRAINT "UQ_ab371f630d2979c52e2798ab494" UNIQUE ("serial"),
        CONSTRAINT "study_state" CHECK (state IN ('RUNNING', 'STOPPED', 'COMPLETE')),
        CONSTRAINT "PK_ae14dbea0172b8521edb2ce4597" PRIMARY KEY ("id")
      )`);
    await runner.query(`CREATE INDEX "study_running" ON "study" ("serial") WHERE state = 'RUNNING'`);
    await runner.query(`CREATE TABLE "trial" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "serial" BIGSERIAL NOT NULL,
        "number" integer NOT NULL,
        "state" character varying(16) NOT NULL DEFAULT 'WAITING',
        "params" jsonb NOT NULL,
        "seed" bigint NOT NULL,
        "attempt" integer NOT NULL DEFAULT '0',
        "expiries" integer NOT NULL DEFAULT '0',
        "max_attempts" integer NOT NULL,
        "priority" integer NOT NULL DEFAULT '0',
        "run_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "worker_id" text,
        "claim_request_id" uuid,
        "lease_until" TIMESTAMP WITH TIME ZONE,
        "finished_attempt" integer,
        "result_digest" character varying(64),
        "device_class" text,
        "device_name" text,
        "epoch" integer NOT NULL DEFAULT '0',
        "accuracy" double precision,
        "correct" integer,
        "validation_images" integer,
        "validation_loss" double precision,
        "latency_p50_ms" double precision,
        "latency_p95_ms" double precision,
        "latency_batch" integer,
        "latency_repeats" integer,
        "size_bytes" bigint,
        "parameter_count" bigint,
        "trained_parameter_count" bigint,
        "decode_seconds" double precision,
        "compile_seconds" double precision,
        "train_seconds" double precision,
        "evaluation_seconds" double precision,
        "peak_memory_bytes" bigint,
        "constraints" jsonb NOT NULL DEFAULT '[]',
        "feasible" boolean,
        "prune_reason" text,
        "fail_reason" character varying(24),
        "fail_message" text,
        "checkpoint_sha256" character varying(64),
        "checkpoint_bytes" bigint,
        "initial_state_sha256" character varying(64),
        "weights_name" text,
        "weights_sha256" character varying(64),
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "started_at" TIMESTAMP WITH TIME ZONE,
        "finished_at" TIMESTAMP WITH TIME ZONE,
        "study_id" uuid NOT NULL,
        CONSTRAINT "UQ_b06845cffccbe51c7b2b497ca2e" UNIQUE ("serial"),
        CONSTRAINT "trial_number" UNIQUE ("study_id", "number"),
        CONSTRAINT "trial_lease" CHECK ((state = 'RUNNING') = (lease_until IS NOT NULL)),
        CONSTRAINT "trial_state" CHECK (state IN ('WAITING', 'RUNNING', 'COMPLETE', 'PRUNED', 'FAIL')),
        CONSTRAINT "PK_9b88700fa823eea233967835856" PRIMARY KEY ("id")
      ) WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX "trial_study_state" ON "trial" ("study_id", "state")`);
    await runner.query(`CREATE INDEX "trial_running" ON "trial" ("study_id") WHERE state = 'RUNNING'`);
    await runner.query(
      `CREATE UNIQUE INDEX "trial_claim" ON "trial" ("worker_id", "claim_request_id") WHERE state = 'RUNNING'`,
    );
    await runner.query(
      `CREATE INDEX "trial_queue" ON "trial" ("priority" DESC, "run_at", "id") WHERE state = 'WAITING'`,
    );
    await runner.query(`CREATE TABLE "export" (
        "id" uuid NOT NULL DEFAULT gen_random_uuid(),
        "serial" BIGSERIAL NOT NULL,
        "state" character varying(16) NOT NULL DEFAULT 'WAITING',
        "attempt" integer NOT NULL DEFAULT '0',
        "expiries" integer NOT NULL DEFAULT '0',
        "run_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "worker_id" text,
        "claim_request_id" uuid,
        "lease_until" TIMESTAMP WITH TIME ZONE,
        "finished_attempt" integer,
        "result_digest" character varying(64),
        "failure" text,
        "verification" jsonb,
        "files" jsonb NOT NULL DEFAULT '[]',
        "zip_sha256" character varying(64),
        "zip_bytes" bigint,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "finished_at" TIMESTAMP WITH TIME ZONE,
        "study_id" uuid NOT NULL,
        "trial_id" uuid NOT NULL,
        CONSTRAINT "UQ_e0d8d92533a9c5d9781b2b440cf" UNIQUE ("serial"),
        CONSTRAINT "export_lease" CHECK ((state = 'RUNNING') = (lease_until IS NOT NULL)),
        CONSTRAINT "export_state" CHECK (state IN ('WAITING', 'RUNNING', 'READY', 'FAILED')),
        CONSTRAINT "PK_93dd4c52436ed0da6263e24b3c7" PRIMARY KEY ("id")
      ) WITH (fillfactor = 80)`);
    await runner.query(`CREATE INDEX "export_study" ON "export" ("study_id")`);
    await runner.query(
      `CREATE UNIQUE INDEX "export_claim" ON "export" ("worker_id", "claim_request_id") WHERE state = 'RUNNING'`,
    );
    await runner.query(`CREATE INDEX "export_queue" ON "export" ("run_at", "serial") WHERE state = 'WAITING'`);
    await runner.query(`CREATE TABLE "front" (
        "study_id" uuid NOT NULL,
        "trial_id" uuid NOT NULL,
        "place" integer NOT NULL,
        CONSTRAINT "PK_6bb6d5f2a1c9def8d04c56b9387" PRIMARY KEY ("study_id", "trial_id")
      )`);
    await runner.query(`CREATE INDEX "front_trial" ON "front" ("trial_id")`);
    await runner.query(`CREATE TABLE "study_event" (
        "id" BIGSERIAL NOT NULL,
        "study_id" uuid NOT NULL,
        "type" text NOT NULL,
        "data" jsonb NOT NULL,
        "at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "PK_eb6be0b32c87a3dc516bea3f127" PRIMARY KEY ("id")
      )`);
    await runner.query(`CREATE INDEX "study_event_order" ON "study_event" ("study_id", "id")`);
    await runner.query(`CREATE TABLE "trial_report" (
        "trial_id" uuid NOT NULL,
        "attempt" integer NOT NULL,
        "epoch" integer NOT NULL,
        "train_loss" double precision NOT NULL,
        "validation_loss" double precision NOT NULL,
        "accuracy" double precision NOT NULL,
        "train_seconds" double precision NOT NULL,
        "evaluation_seconds" double precision NOT NULL,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "PK_4aabbcc249bc584be68adf7fa6f" PRIMARY KEY ("trial_id", "attempt", "epoch")
      )`);
    await runner.query(`CREATE TABLE "worker" (
        "id" text NOT NULL,
        "device" jsonb NOT NULL,
        "first_seen_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "last_seen_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT "PK_dc8175fa0e34ce7a39e4ec73b94" PRIMARY KEY ("id")
      )`);
    await runner.query(
      `ALTER TABLE "study" ADD CONSTRAINT "FK_2443c0971d273f21ecb5ea38301" FOREIGN KEY ("dataset_id") REFERENCES "dataset"("id") ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "trial" ADD CONSTRAINT "FK_2f74e81a2259bc8a238b4a64f08" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "export" ADD CONSTRAINT "FK_925f44d4417d4c00002d9cb80ea" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "export" ADD CONSTRAINT "FK_e476fc36eab7885b6b6bb2e954c" FOREIGN KEY ("trial_id") REFERENCES "trial"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "front" ADD CONSTRAINT "FK_39ba706a1f3f9621ffc6bb7fa46" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "front" ADD CONSTRAINT "FK_887186bd704f13a8b1f6359e858" FOREIGN KEY ("trial_id") REFERENCES "trial"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "study_event" ADD CONSTRAINT "FK_1e3b6210a438636736970dd3397" FOREIGN KEY ("study_id") REFERENCES "study"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await runner.query(
      `ALTER TABLE "trial_report" ADD CONSTRAINT "FK_195639bac6097bb8abeb74fe425" FOREIGN KEY ("trial_id") REFERENCES "trial"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "trial_report"`);
    await runner.query(`DROP TABLE "front"`);
    await runner.query(`DROP TABLE "export"`);
    await runner.query(`DROP TABLE "study_event"`);
    await runner.query(`DROP TABLE "trial"`);
    await runner.query(`DROP TABLE "study"`);
    await runner.query(`DROP TABLE "worker"`);
    await runner.query(`DROP TABLE "dataset"`);
  }
}
