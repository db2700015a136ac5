import type { ArchitectureCard, WeightsAtHand } from '#api-contract';
import { formatAccuracy, formatBytes } from './quantities.js';
import { renderTable } from './tables.js';

/** What `zoo verify` found of one file. */
export interface WeightsCheck {
  readonly name: string;
  readonly architecture: string;
  readonly bundled: boolean;
  readonly bytes: number;
  readonly path: string;
  readonly state: 'ok' | 'damaged';
  readonly problem: string | null;
  readonly advice: string | null;
}

/** An architecture with all that its card says, the published weights and those at hand. */
export function renderArchitecture(card: ArchitectureCard): string {
  const counts = card.parameterCounts.map(
    ({ classes, parameters }) => `${thousands(parameters)} at ${classes} classes`,
  );
  const cuts = Object.entries(card.cuts).map(([depth, block]) => `${depth} from ${block}`);
  const heads = card.heads.map(({ name, inputs }) => `${name} (reads ${inputs} values)`);
  return [
    `${card.title}  ${card.name}, family ${card.family}`,
    `  paper          ${card.paper}`,
    `  parameters     ${counts.join(', ')}; ${card.tensorCount} tensors`,
    `  work           ${card.gigaMacs} GMACs per image of ${card.defaultImageSize} px at 1000 classes`,
    `  images         at least ${card.minImageSize} px, by default ${card.defaultImageSize} px`,
    `  head           ${heads.join(', ')}`,
    `  head input     [${card.headInput.join(', ')}]`,
    `  trained        ${cuts.join(', ')}`,
    `  preprocessing  ${preprocessingText(card.preprocessing)}`,
    '',
    'Published by torchvision:',
    ...card.published.flatMap((weights) => [
      `  ${weights.name}  ${weights.torchvisionName}, top-1 ${formatAccuracy(weights.top1Accuracy)}, ` +
        `${formatBytes(weights.approximateBytes)}, ${weights.atHand ? 'at hand' : `retune zoo fetch ${weights.name}`}`,
      `    file           ${weights.file} (SHA-256 begins with ${weights.sha256Prefix})`,
      `    url            ${weights.url}`,
      `    preprocessing  ${preprocessingText(weights.preprocessing)}, ${weights.preprocessing.interpolation}` +
        `${weights.preprocessing.antialias ? ' with antialias' : ''}`,
      `    licence        ${weights.licence}`,
    ]),
    '',
    card.weights.length === 0 ? 'At hand: none' : 'At hand, the first is where a study starts from:',
    ...card.weights.flatMap(weightsLines),
  ].join('\n');
}

/** Checks below headings; what is wrong with a file stands below its row. */
export function renderWeightsChecks(checks: readonly WeightsCheck[]): string {
  const table = renderTable(checks, [
    { head: 'weights', cell: ({ name }) => name },
    { head: 'architecture', cell: ({ architecture }) => architecture },
    { head: 'size', cell: ({ bytes }) => formatBytes(bytes), numeric: true },
    { head: '', cell: ({ bundled }) => (bundled ? 'bundled' : 'imported') },
    { head: 'state', cell: ({ state }) => state },
  ]);
  const damaged = checks.filter(({ state }) => state === 'damaged');
  return [table, ...damaged.map(({ name, problem, advice }) => `\n${name}: ${problem}\n  ${advice}`)].join('\n');
}

function weightsLines({ name, bytes, classes, source, top1Accuracy, sha256, licence, origin, bundled }: WeightsAtHand) {
  const accuracy = top1Accuracy === null ? '' : `, top-1 there ${formatAccuracy(top1Accuracy)}`;
  return [
    `  ${name}  ${bundled ? 'bundled' : 'imported'}, ${formatBytes(bytes)}, ${classes} classes${accuracy}`,
    `    trained on     ${source}`,
    `    SHA-256        ${sha256}`,
    ...(origin === null ? [] : [`    made of        ${origin.from} (SHA-256 ${origin.sha256})`]),
    `    licence        ${licence}`,
  ];
}

function preprocessingText({ resize, crop, mean, std }: ArchitectureCard['preprocessing']): string {
  return `short side to ${resize} px, middle ${crop} px, mean ${mean.join(' ')}, std ${std.join(' ')}`;
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}
