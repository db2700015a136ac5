import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import type { ArtifactStore } from '#artifacts';
import {
  ClaimWork,
  ContinueTraining,
  CreateStudy,
  ImportDataset,
  ManageExports,
  ManageStudies,
  QueryPareto,
  QueryStorage,
  QueryTrials,
  QueryWorkers,
  RunTrial,
  type UseCases,
} from '#search';
import { AlgorithmsModule } from './algorithms/algorithms.module.js';
import { ArchitecturesModule } from './architectures/architectures.module.js';
import { ZooCatalog } from './architectures/zoo-catalog.js';
import type { Config } from './config.js';
import { DatasetsModule } from './datasets/datasets.module.js';
import { EventsModule } from './events/events.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { HealthModule } from './health/health.module.js';
import { HealthCheck } from './health/health-check.js';
import { ARTIFACTS, CONFIG, WORKER_TOKEN } from './injection-tokens.js';
import { ParetoModule } from './pareto/pareto.module.js';
import { StorageModule } from './storage/storage.module.js';
import { StudiesModule } from './studies/studies.module.js';
import { TrialsModule } from './trials/trials.module.js';
import { WorkerProtocolModule } from './worker-protocol/worker-protocol.module.js';
import { WorkersModule } from './workers/workers.module.js';

/** What is made before the application: `start-api.ts` opens it and closes it again. */
export interface AppParts {
  readonly config: Config;
  readonly useCases: UseCases;
  readonly artifacts: ArtifactStore;
  readonly architectures: ZooCatalog;
  readonly health: HealthCheck;
  readonly workerToken: string;
}

/** Binds the use cases of the libs, which know nothing of Nest, to the controllers that translate for them. */
@Module({})
export class AppModule {
  static of(parts: AppParts): DynamicModule {
    const providers = providersOf(parts);
    return {
      module: AppModule,
      global: true,
      providers,
      exports: providers.map((provider) => (provider as { provide: symbol }).provide),
      imports: [
        HealthModule,
        DatasetsModule,
        ArchitecturesModule,
        AlgorithmsModule,
        StudiesModule,
        TrialsModule,
        ParetoModule,
        EventsModule,
        ExportsModule,
        WorkersModule,
        StorageModule,
        WorkerProtocolModule,
      ],
    };
  }
}

function providersOf({ useCases, ...parts }: AppParts): Provider[] {
  return [
    { provide: CONFIG, useValue: parts.config },
    { provide: ARTIFACTS, useValue: parts.artifacts },
    { provide: WORKER_TOKEN, useValue: parts.workerToken },
    { provide: ZooCatalog, useValue: parts.architectures },
    { provide: HealthCheck, useValue: parts.health },
    { provide: CreateStudy, useValue: useCases.createStudy },
    { provide: ManageStudies, useValue: useCases.studies },
    { provide: QueryTrials, useValue: useCases.trials },
    { provide: QueryWorkers, useValue: useCases.workers },
    { provide: QueryPareto, useValue: useCases.pareto },
    { provide: ManageExports, useValue: useCases.exports },
    { provide: ImportDataset, useValue: useCases.datasets },
    { provide: ClaimWork, useValue: useCases.claimWork },
    { provide: RunTrial, useValue: useCases.runTrial },
    { provide: ContinueTraining, useValue: useCases.continueTraining },
    { provide: QueryStorage, useValue: useCases.storage },
  ];
}
