import { resolve } from 'node:path';
import type { Command } from 'commander';
import { addCommand } from '../command.js';
import { asArguments } from '../delegate.js';
import { followWorker } from '../follow-worker.js';
import { renderWeightsChecks, type WeightsCheck } from '../render-architecture.js';
import type { Session } from '../session.js';
import { WeightsNews } from '../weights-news.js';

/** What must be told of a file that torchvision does not publish. */
interface FileOptions {
  architecture?: string;
  name?: string;
  labels?: string;
}

interface FetchOptions extends FileOptions {
  version?: string;
  from?: string;
  sha256?: string;
  keep?: boolean;
}

/** `retune zoo fetch`, `import` and `verify`: the weights of a data folder. No service need run. */
export function addWeightsCommands(zoo: Command): void {
  addFetch(zoo);
  addImport(zoo);
  addCommand(zoo, {
    signature: 'verify [names...]',
    description: 'read all weights at hand again: hash, names, shapes, values; exit code 1 if any is damaged',
    examples: ['retune zoo verify', 'retune zoo verify resnet18-imagenet1k-v1 --json'],
    data: true,
    run: async (session, [names]) => {
      const checks: WeightsCheck[] = [];
      const done = followWorker(
        session,
        ['weights', 'verify', ...(names as readonly string[]), ...asArguments({ data: session.dataFolder })],
        (event) => {
          if (event.event === 'weights.verified') checks.push(event as unknown as WeightsCheck);
        },
      );
      try {
        await done;
      } finally {
        if (checks.length > 0) {
          const items = checks.map(withoutLogFields);
          session.output.result({ ok: items.every(({ state }) => state === 'ok'), items }, () =>
            renderWeightsChecks(items),
          );
        }
      }
    },
  });
}

function addFetch(zoo: Command): void {
  addCommand<FetchOptions>(zoo, {
    signature: 'fetch <weights>',
    description: "download torchvision's weights of an architecture into the data folder, or any weights by address",
    examples: [
      'retune zoo fetch resnet18',
      'retune zoo fetch resnet50 --version V2',
      'retune zoo fetch vgg16 --from /mnt/weights',
      'retune zoo fetch https://example.org/flowers.pth --architecture resnet18 --name flowers-v1 --sha256 0123456789abcdef',
    ],
    data: true,
    options: (command) =>
      fileOptions(
        command
          .option('--version <version>', 'of the published weights: V1 or V2 (default: the first)')
          .option('--from <place>', 'mirror (an address) or folder with the published files (RETUNE_WEIGHTS_MIRROR)')
          .option('--sha256 <digits>', 'of the file at an address: all digits, or the first 8 or more'),
      ).option('--keep', 'keep the downloaded file too'),
    run: (session, [what], { version, from, sha256, keep, architecture, name, labels }) => {
      const place = from === undefined || /^[a-z]+:\/\//i.test(from) ? from : resolve(from);
      const told = { architecture, name, labels: labelsPath(labels) };
      const options = asArguments({ version, from: place, sha256, ...told, data: session.dataFolder });
      return follow(session, ['weights', 'fetch', what as string, ...options, ...(keep ? ['--keep'] : [])]);
    },
  });
}

function addImport(zoo: Command): void {
  addCommand<FileOptions>(zoo, {
    signature: 'import <path>',
    description: 'import weights from a file (.pth or .safetensors), or all published files of a folder',
    examples: [
      'retune zoo import ./resnet18-f37072fd.pth',
      'retune zoo import /mnt/weights',
      'retune zoo import ./flowers.pth --architecture resnet18 --name flowers-v1 --labels flowers.txt',
    ],
    data: true,
    options: fileOptions,
    run: (session, [path], { architecture, name, labels }) => {
      const told = { architecture, name, labels: labelsPath(labels), data: session.dataFolder };
      return follow(session, ['weights', 'import', resolve(path as string), ...asArguments(told)]);
    },
  });
}

function fileOptions(command: Command): Command {
  return command
    .option('--architecture <name>', 'which network the file is for, where it is no published one')
    .option('--name <name>', 'what the weights shall be called, where they are no published ones')
    .option('--labels <file>', 'names of the classes: a JSON list or one a line, or "imagenet-1k"');
}

function labelsPath(labels: string | undefined): string | undefined {
  return labels === undefined || labels === 'imagenet-1k' ? labels : resolve(labels);
}

/** Tells the news as they come: bars and lines for people, lines of JSON for programs. */
async function follow(session: Session, args: readonly string[]): Promise<void> {
  const news = new WeightsNews(session.output);
  try {
    await followWorker(session, args, (event) => news.tell(event));
  } finally {
    news.end();
  }
}

function withoutLogFields(event: WeightsCheck): WeightsCheck {
  const { name, architecture, bundled, bytes, path, state, problem, advice } = event;
  return { name, architecture, bundled, bytes, path, state, problem, advice };
}
