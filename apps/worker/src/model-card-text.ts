import type { ExportClaim, ExportVerification } from '#api-contract';
import { viewsOf } from './picture-views.js';

/** What the card tells beyond the claim. */
export interface ModelCardFacts {
  readonly claim: ExportClaim;
  /** What the clean process measured. */
  readonly verification: ExportVerification;
  /** For people, e.g. `ResNet-18`. */
  readonly architectureTitle: string;
  readonly paper: string;
  /** Null for scratch. */
  readonly weights: {
    readonly name: string;
    readonly sha256: string;
    readonly licence: string;
    readonly source: string;
  } | null;
  readonly classes: readonly {
    readonly name: string;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
  }[];
  /** Row = true class, column = predicted class, validation images. */
  readonly confusion: readonly (readonly number[])[];
  readonly versions: Readonly<Record<string, string>>;
}

const depthWords = {
  shallow: 'new final layers only; everything before them is frozen',
  partial: 'the last stage and new final layers; everything before them is frozen',
  deep: 'every parameter, from pretrained weights',
  scratch: 'every parameter, from its seeded initial state',
} as const;

/** The card of an exported model: what it is, how good, how fast, from what, and how to use it. Markdown. */
export function modelCardText(facts: ModelCardFacts): string {
  const { claim } = facts;
  const parts = [
    `# ${claim.dataset.name}: ${facts.architectureTitle}, ${claim.parameters.retrainDepth}`,
    `Image classifier for ${facts.classes.length} classes, trial ${claim.trialNumber} of the study “${claim.studyName}”.`,
    section('How good', quality(claim)),
    section('How fast', latency(facts)),
    section('How to predict', howToPredict),
    section('What it is', description(facts)),
    section('Data', data(facts)),
    section('Confusion matrix', confusion(facts)),
    section('Training curve', curve(claim)),
    section('Limits', limits(facts)),
  ];
  return `${parts.join('\n\n')}\n`;
}

const howToPredict = [
  '```',
  'npm install onnxruntime-node sharp',
  'node predict.mjs picture.jpg --top 3',
  '```',
  '',
  '`model.onnx` takes whole pictures, uint8 [count, height, width, 3] in sRGB; scaling, cropping and normalisation are',
  'part of it. It answers `logits` and `probabilities`, [count, classes], in the order of `labels.json`.',
].join('\n');

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function quality({ measures, accuracyInterval }: ExportClaim): string {
  const interval = `${percent(accuracyInterval.low)} – ${percent(accuracyInterval.high)}`;
  return [
    `Accuracy **${percent(measures.accuracy)}** on ${measures.validationImages} validation images`,
    `(${measures.correct} right; 95 % Wilson interval ${interval}); cross-entropy ${measures.validationLoss.toFixed(4)} nats.`,
  ].join('\n');
}

function latency({ claim, verification }: ModelCardFacts): string {
  const { measures, latencyDevice, training } = claim;
  const { endToEndWidth: width, endToEndHeight: height } = verification;
  const milliseconds = (value: number) => `${value.toFixed(2)} ms`;
  const rows = [
    [
      'network alone, when it was trained',
      milliseconds(measures.latencyP50Ms),
      milliseconds(measures.latencyP95Ms),
      perSecond(measures.latencyBatch, measures.latencyP50Ms),
    ],
    [
      'network alone, when it was exported',
      milliseconds(verification.latencyP50Ms),
      milliseconds(verification.latencyP95Ms),
      perSecond(verification.latencyBatch, verification.latencyP50Ms),
    ],
    [
      '`model.onnx` with its preprocessing',
      milliseconds(verification.endToEndLatencyP50Ms),
      milliseconds(verification.endToEndLatencyP95Ms),
      perSecond(verification.latencyBatch, verification.endToEndLatencyP50Ms),
    ],
  ];
  return [
    `A batch of ${measures.latencyBatch}, decoding excluded, on ${latencyDevice.class} (${latencyDevice.name}). The network alone is given pictures that`,
    `are prepared: ${training.imageSize} × ${training.imageSize} pixels, normalised; ${measures.latencyRepeats} repeats when it was trained. \`model.onnx\` is given pictures of`,
    `${width} × ${height} pixels, the middle of the validation images, and scales and normalises them itself.`,
    ...otherDevices(claim),
    '',
    table(['Measured', 'one batch, median', 'one batch, 95th percentile', 'images a second, median'], rows),
  ].join('\n');
}

/** What must be said where not everything was measured on the device that trained it, or not on the processor. */
function otherDevices({ device, latencyDevice }: ExportClaim): string[] {
  const lines: string[] = [];
  if (latencyDevice.class !== 'cpu') {
    lines.push(
      `**The network alone was measured on ${latencyDevice.class}, not on a processor**, when it was trained and when it was exported;`,
      '`model.onnx` with its preprocessing on the processor of the machine that exported it, where it runs unless told otherwise.',
    );
  }
  if (device.class !== latencyDevice.class) lines.push(`It was trained on ${device.class} (${device.name}).`);
  return lines;
}

function perSecond(batch: number, milliseconds: number): string {
  return ((batch * 1000) / milliseconds).toFixed(0);
}

function description({ claim, architectureTitle, paper, weights, versions }: ModelCardFacts): string {
  const { parameters, training, measures } = claim;
  const rows = [
    ['Architecture', `${architectureTitle} (${paper})`],
    ['Retrain depth', `${parameters.retrainDepth}: ${depthWords[parameters.retrainDepth]}`],
    [
      'Parameters',
      `${thousands(measures.parameterCount)}, of which ${thousands(measures.trainedParameterCount)} were trained`,
    ],
    ['Size of the parameters', `${(measures.sizeBytes / 1e6).toFixed(2)} MB`],
    [
      'Optimiser',
      `SGD, momentum ${training.momentum}, weight decay ${training.weightDecay}, batch ${measures.trainBatchSize ?? training.batchSize}`,
    ],
    ['Head before training', headWords(claim)],
    ['Learning rate, epochs', `${parameters.learningRate}, ${parameters.epochs}`],
    ['Training pictures', augmentationWords(claim)],
    ['Training time', `${measures.trainSeconds.toFixed(1)} s`],
    ['Starting weights', weights ? `${weights.name} (${weights.source})` : `none; seed ${claim.seed}`],
    ['Licence of the weights', weights ? weights.licence : 'none needed'],
    [
      'Made with',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ];
  return table(['', ''], rows);
}

function augmentationWords({ training }: ExportClaim): string {
  const views = viewsOf(training);
  if (views === null) return 'as they are';
  const { count, flip, shift, seed } = views;
  const moves = [...(flip ? ['mirrored or not'] : []), ...(shift > 0 ? [`shifted by up to ${shift} of the side`] : [])];
  return `${count} views of each, one an epoch: as it is, and ${moves.join(', ')}; seed ${seed}`;
}

function headWords({ parameters, training, seed }: ExportClaim): string {
  const isProbe = parameters.retrainDepth !== 'scratch' && training.headInit === 'probe';
  return isProbe ? 'a linear probe on the features of the starting weights' : `drawn at random, seed ${seed}`;
}

function data({ claim, classes }: ModelCardFacts): string {
  const rows = classes.map(({ name, train, validation, test }) => [name, train, validation, test].map(String));
  return [
    `Dataset “${claim.dataset.name}”, version \`${claim.dataset.version}\`.`,
    '',
    table(['Class', 'Train', 'Validation', 'Test'], rows),
  ].join('\n');
}

function confusion({ classes, confusion: matrix }: ModelCardFacts): string {
  const header = ['true \\ predicted', ...classes.map(({ name }) => name), 'right'];
  const rows = matrix.map((counts, row) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return [classes[row].name, ...counts.map(String), total === 0 ? '–' : percent(counts[row] / total)];
  });
  return `Validation images, counted with the exported tensors.\n\n${table(header, rows)}`;
}

function curve({ reports }: ExportClaim): string {
  const rows = reports.map(({ epoch, trainLoss, validationLoss, accuracy }) => [
    String(epoch),
    trainLoss.toFixed(4),
    validationLoss.toFixed(4),
    percent(accuracy),
  ]);
  return table(['Epoch', 'Train loss', 'Validation loss', 'Accuracy'], rows);
}

function limits({ claim }: ModelCardFacts): string {
  return [
    `It knows only the classes above and always names one of them. It was chosen on the same ${claim.measures.validationImages}`,
    'validation images its accuracy is measured on, so expect a little less on new pictures, and less still on pictures',
    'that were taken otherwise. Latency holds for the named device with nothing else running on it.',
  ].join('\n');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
