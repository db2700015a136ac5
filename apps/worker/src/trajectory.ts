import type { ContinueResponse, PointMeasures, TrajectoryPoint, TrialClaim } from '#api-contract';
import type { Trainer } from '#engine';
import { readSafetensors, writeSafetensors } from '#model-zoo';
import { DomainError, type NamedTensor } from '#primitives';
import { applyCheckpoint, CheckpointMismatchError, type CheckpointStore, saveCheckpoint } from './checkpoint.js';
import { countParameters } from './profile-network.js';
import type { StartedNetwork } from './start-network.js';
import { type TrajectoryMachine, trajectoryKey, trajectoryParts } from './trajectory-key.js';

/** What is asked of the service for a trajectory. */
export interface ContinueAsk {
  readonly trajectory: string;
  /** Epoch of the point given before that cannot be used, and why. */
  readonly unusable?: { readonly epoch: number; readonly reason: string };
}

/** What sharing epochs needs of the world. */
export interface TrajectoryTools extends TrajectoryMachine {
  readonly store: CheckpointStore;
  /** The latest point of that training with at most the trial's epochs; null where it begins anew. */
  continueFrom(ask: ContinueAsk): Promise<ContinueResponse['from']>;
  /** Seconds of training after which a trial that is not done yet writes a point: what a lost worker costs at most. @default {60} */
  readonly secondsBetweenPoints?: number;
}

/** A training that is on record, as it was at the end of an epoch. */
export interface ResumedTraining {
  /** Epochs done. */
  readonly epoch: number;
  readonly checkpoint: { readonly sha256: string; readonly bytes: number };
  /** All of the network's, tfjs layout. */
  readonly tensors: readonly NamedTensor[];
  /** Momentum by parameter name; empty where no epoch is left to train. */
  readonly slots: readonly NamedTensor[];
  readonly initialStateSha256: string;
  readonly measures: PointMeasures;
  readonly reports: NonNullable<ContinueResponse['from']>['reports'];
}

/** What writing costs, bytes a second: a disk that syncs, and hashing twice. */
const writtenBytesPerSecond = 100e6;

/** Share of the seconds that a point saves which may be spent on writing it. */
const largestWriteShare = 0.1;

/** Errors that say that what is stored cannot be used, now or later; others (a full disk, no rights) are not about the point. */
const unusableCodes = new Set(['ARTIFACT_MISSING', 'ARTIFACT_CORRUPT', 'INVALID_WEIGHTS', 'CHECKPOINT_MISMATCH']);

/** The training that a trial is one length of: what of it is on record, and what this trial adds. */
export class Trajectory {
  #secondsAtLastPoint = 0;

  private constructor(
    private readonly claim: TrialClaim,
    private readonly started: StartedNetwork,
    private readonly cut: number,
    private readonly tools: TrajectoryTools,
    /** Examples of a step. */
    readonly batchSize: number,
    /** Where training goes on; null where it begins anew. */
    readonly resumed: ResumedTraining | null,
  ) {
    this.#secondsAtLastPoint = resumed?.measures.trainSeconds ?? 0;
  }

  /**
   * Asks what is on record of a claim's training, and loads it. What cannot be used is forgotten, and the point before it
   * tried.
   *
   * @param cut First trained block.
   * @param batchSize Examples of a step.
   */
  static async of(
    claim: TrialClaim,
    started: StartedNetwork,
    cut: number,
    batchSize: number,
    tools: TrajectoryTools,
  ): Promise<Trajectory> {
    const trajectory = trajectoryKey(trajectoryParts(claim, started, cut, batchSize, tools));
    let unusable: ContinueAsk['unusable'];
    for (;;) {
      const from = await tools.continueFrom({ trajectory, ...(unusable && { unusable }) });
      if (from === null) return new Trajectory(claim, started, cut, tools, batchSize, null);
      try {
        const resumed = await load(from, claim, started, tools.store);
        return new Trajectory(claim, started, cut, tools, batchSize, resumed);
      } catch (error) {
        if (!(error instanceof DomainError) || !unusableCodes.has(error.code)) throw error;
        unusable = { epoch: from.epoch, reason: error.message };
      }
    }
  }

  /** The same training with fewer examples a step, as the device has memory for: another trajectory. */
  withBatchSize(batchSize: number): Promise<Trajectory> {
    return Trajectory.of(this.claim, this.started, this.cut, batchSize, this.tools);
  }

  /** Whether nothing is left to train. */
  get isAnswered(): boolean {
    return this.resumed?.epoch === this.claim.parameters.epochs;
  }

  /** Whether a trial that goes on should write a point now. */
  isPointDue(trainSeconds: number): boolean {
    const seconds = trainSeconds - this.#secondsAtLastPoint;
    return seconds >= (this.tools.secondsBetweenPoints ?? 60) && this.isWorthWriting(seconds);
  }

  /** Whether writing a point costs little beside the seconds of training that it saves. */
  isWorthWriting(trainSeconds: number): boolean {
    const { trainedParameterCount } = countParameters(this.started.network, this.cut);
    // Parameters and momentum, float32.
    return (trainedParameterCount * 8) / writtenBytesPerSecond <= largestWriteShare * trainSeconds;
  }

  /** Puts checkpoint and momentum into the store. */
  async point(trainer: Trainer, initialStateSha256: string, measures: PointMeasures): Promise<TrajectoryPoint> {
    this.#secondsAtLastPoint = measures.trainSeconds;
    const checkpoint = await saveCheckpoint(this.started, trainer.current(), this.claim, this.tools);
    const slots = await this.tools.store.put(slotsFile(trainer.slots()), { collectable: true });
    return { checkpoint, slots, initialStateSha256, measures };
  }
}

/** Momentum as a file: tfjs layout, so the bits are those that the trainer had. */
export function slotsFile(slots: readonly NamedTensor[]): Uint8Array {
  return writeSafetensors(slots, { metadata: { format: 'retune-slots' } });
}

async function load(
  { epoch, checkpoint, slots, initialStateSha256, measures, reports }: NonNullable<ContinueResponse['from']>,
  claim: TrialClaim,
  started: StartedNetwork,
  store: CheckpointStore,
): Promise<ResumedTraining> {
  const isEnd = epoch === claim.parameters.epochs;
  if (slots === null && !isEnd) throw new CheckpointMismatchError(`The point at epoch ${epoch} has no momentum`);
  const tensors = applyCheckpoint(started, await store.get(checkpoint.sha256), claim);
  const momentum = slots === null || isEnd ? null : await store.get(slots.sha256);
  return {
    epoch,
    checkpoint,
    tensors,
    slots: momentum === null ? [] : readSafetensors(momentum, 'slots').tensors,
    initialStateSha256,
    measures,
    reports,
  };
}
