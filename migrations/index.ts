import { CreateSearchTables1795492680000 } from './1795492680000-create-search-tables.js';
import { ShareQueueAmongStudies1795579080000 } from './1795579080000-share-queue-among-studies.js';
import { RecordRandomHeads1795579200000 } from './1795579200000-record-random-heads.js';
import { RecordLatencyDevices1795597200000 } from './1795597200000-record-latency-devices.js';
import { RecordTrainBatchSize1795600800000 } from './1795600800000-record-train-batch-size.js';
import { RecordUserAttrs1795900000000 } from './1795900000000-record-user-attrs.js';
import { CreateOptunaViews1796000000000 } from './1796000000000-create-optuna-views.js';
import { RecordTrajectories1796200000000 } from './1796200000000-record-trajectories.js';

/** Every migration in the order of its time; listed here so that tests and the built service run the same ones. */
export const migrations = [
  CreateSearchTables1795492680000,
  ShareQueueAmongStudies1795579080000,
  RecordRandomHeads1795579200000,
  RecordLatencyDevices1795597200000,
  RecordTrainBatchSize1795600800000,
  RecordUserAttrs1795900000000,
  CreateOptunaViews1796000000000,
  RecordTrajectories1796200000000,
];
