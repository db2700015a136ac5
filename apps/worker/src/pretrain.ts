import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LoadedSplit, loadSourceTask, sourceClasses } from '#dataset/pictures';
import { findCard, formatWeightsIndex, type ModelCard, parseWeightsIndex, type WeightsEntry } from '#model-zoo';
import { loadWeights, type Network, saveWeights } from '#model-zoo/networks';
import { type FieldProblem, type ImageSpec, InvalidInputError, type NamedTensor, systemClock } from '#primitives';
import type { Command } from './config.js';
import { describeDevice } from './device.js';
import { libraryVersions } from './export-config.js';
import type { Log } from './log.js';
import { type PretrainTask, pretrainNetwork, sourceAccuracy } from './pretrain-network.js';
import { defaultRecipe, momentum, type PretrainRecipe, pretrainRecipes, roundsPerEpoch } from './pretrain-recipe.js';
import { progressLines } from './progress-lines.js';

type PretrainCommand = Extract<Command, { name: 'pretrain' }>;

const validationImagesPerClass = 40;

/**
 * Makes weights for shallow, partial and deep trials where none can be downloaded: trains on the drawn source task and
 * keeps float16 safetensors with their entry in `index.json`.
 *
 * @throws {InvalidInputError} before anything is drawn, if a network cannot be trained on what was asked for.
 */
export async function pretrain(command: PretrainCommand, log: Log): Promise<void> {
  const names = command.architectures.length > 0 ? command.architectures : Object.keys(pretrainRecipes);
  const cards = names.map((name) => findCard(name));
  requireTrainable(cards, command);
  const folder = command.out;
  await mkdir(folder, { recursive: true });
  let drawn: { imagesPerClass: number; train: LoadedSplit; validation: LoadedSplit } | undefined;
  for (const card of cards) {
    const recipe = recipeFor(card.name, command);
    if (drawn?.imagesPerClass !== recipe.imagesPerClass) drawn = await drawTask(recipe.imagesPerClass, command, log);
    const { mean, std } = card.imageSpec;
    const image: ImageSpec = { resize: command.imageSize, crop: command.imageSize, mean, std };
    let told = 0;
    const task: PretrainTask = {
      ...drawn,
      card,
      recipe,
      image,
      seed: command.seed,
      threads: command.threads ?? describeDevice().threads,
      classes: sourceClasses.length,
      clock: systemClock,
      onProgress: (progress) => {
        const { done, loss, trainAccuracy, learningRate, secondsRemaining, undone } = progress;
        const minutes = (secondsRemaining / 60).toFixed(1);
        const text = `${(done * 100).toFixed(0)} %, loss ${loss.toFixed(3)}, training accuracy ${trainAccuracy.toFixed(3)}`;
        log.info(
          'pretrain.progress',
          `${card.name}: ${text}, learning rate ${learningRate}, ${minutes} min left${undone ? ', undone' : ''}`,
          {
            architecture: card.name,
            ...progress,
          },
        );
        told++;
      },
    };
    const { network, tensors } = await pretrainNetwork(task);
    const entry = await keep(folder, task, network, tensors);
    log.info(
      'pretrain.done',
      `${card.name}: top-1 ${entry.top1Accuracy.toFixed(3)} on the source task, ${entry.bytes} bytes`,
      {
        rounds: told,
        ...entry,
      },
    );
  }
}

/** @throws {InvalidInputError} naming every option that a network of these cannot be trained with. */
function requireTrainable(cards: readonly ModelCard[], command: PretrainCommand): void {
  const problems = cards.flatMap((card): FieldProblem[] => {
    const { batchSize, imagesPerClass } = recipeFor(card.name, command);
    const least = Math.ceil((roundsPerEpoch * batchSize) / sourceClasses.length);
    const wrong: FieldProblem[] = [];
    if (command.imageSize < card.minimumImageSize) {
      const allowed = `at least ${card.minimumImageSize} for ${card.name}`;
      wrong.push({ field: '--image-size', value: command.imageSize, allowed });
    }
    if (imagesPerClass < least) {
      const allowed = `at least ${least} for ${card.name}: ${roundsPerEpoch} rounds of a batch of ${batchSize} in an epoch`;
      wrong.push({ field: '--images-per-class', value: imagesPerClass, allowed });
    }
    return wrong;
  });
  if (problems.length > 0) throw new InvalidInputError(problems);
}

function recipeFor(architecture: string, command: PretrainCommand): PretrainRecipe {
  const recipe = pretrainRecipes[architecture] ?? defaultRecipe;
  return {
    ...recipe,
    imagesPerClass: command.imagesPerClass ?? recipe.imagesPerClass,
    epochs: command.epochs ?? recipe.epochs,
  };
}

async function drawTask(imagesPerClass: number, { imageSize, seed }: PretrainCommand, log: Log) {
  const total = imagesPerClass * sourceClasses.length;
  log.info('pretrain.drawing', `Drawing ${total} pictures of ${sourceClasses.length} classes`, { total });
  const onProgress = progressLines(log, 'pretrain.drawing', 'pictures drawn', systemClock);
  const train = await loadSourceTask({ imagesPerClass, imageSize, seed, split: 'train', onProgress });
  const validation = await loadSourceTask({
    imagesPerClass: Math.min(imagesPerClass, validationImagesPerClass),
    imageSize,
    seed,
    split: 'validation',
  });
  return { imagesPerClass, train, validation };
}

/** Writes the file, measures what was written, and puts its entry into the index. */
async function keep(
  folder: string,
  task: PretrainTask,
  network: Network,
  tensors: readonly NamedTensor[],
): Promise<WeightsEntry & { readonly top1Accuracy: number }> {
  const name = `${task.card.name}-drawn-v1`;
  const file = `${name}.safetensors`;
  const initialSeed = task.recipe.bodyEnd === undefined ? {} : { initialSeed: task.seed };
  const bytes = saveWeights(network, tensors, { precision: 'F16', ...initialSeed });
  const stored = loadWeights(network, bytes, { origin: file });
  const entry = {
    name,
    architecture: task.card.name,
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    licence: 'MIT (as Retune; trained on pictures that Retune draws)',
    classes: task.classes,
    labels: sourceClasses,
    imageSize: task.image.crop,
    imageSpec: task.image,
    source: `Drawn pictures of ${task.classes} kinds of small animals, plants and patterns, ${task.recipe.imagesPerClass} a class`,
    top1Accuracy: await sourceAccuracy(task, network, stored),
    recipe: recipeText(task),
  };
  await replaceFile(join(folder, file), bytes);
  await updateIndex(join(folder, 'index.json'), entry);
  return entry;
}

async function updateIndex(path: string, entry: WeightsEntry): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => formatWeightsIndex([]));
  const others = parseWeightsIndex(text, path).filter(({ name }) => name !== entry.name);
  await replaceFile(path, formatWeightsIndex([...others, entry]));
}

/** Written beside and renamed: weights that are there stay whole until the new ones are. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.tmp`, content);
  await rename(`${path}.tmp`, path);
}

function recipeText({ card, recipe, seed, image, threads }: PretrainTask): string {
  const versions = Object.entries(libraryVersions()).map(([name, version]) => `${name} ${version}`);
  const command = `retune zoo pretrain --architecture ${card.name} --images-per-class ${recipe.imagesPerClass} --epochs ${recipe.epochs} --image-size ${image.crop} --seed ${seed} --threads ${threads}`;
  return (
    `${command}; SGD, momentum ${momentum}, batch ${recipe.batchSize}, learning rate ${recipe.learningRate} with warm-up ` +
    `and steps, weight decay ${recipe.weightDecay}; ${versions.join(', ')}`
  );
}
