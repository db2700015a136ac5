import { readFileSync } from 'node:fs';
import { imagenetLabelSet, type WeightsEntry } from '#model-zoo';
import { InvalidInputError } from '#primitives';

/**
 * The names of classes from a file: a JSON list of texts, or one name a line.
 *
 * @param from Path; `imagenet-1k` for ImageNet's names; null for none.
 * @param classes How many there must be.
 * @throws {InvalidInputError} if the file cannot be read, or has another number of names.
 */
export function readLabels(from: string | null, classes: number): WeightsEntry['labels'] {
  const refuse = (value: unknown, allowed: string): never => {
    throw new InvalidInputError([{ field: '--labels', value, allowed }]);
  };
  if (from === null) return null;
  if (from === imagenetLabelSet) {
    return classes === 1000 ? from : refuse(from, `absent: the weights have ${classes} classes, ImageNet-1k has 1000`);
  }
  let labels: unknown;
  try {
    labels = parse(readFileSync(from, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return refuse(from, `a file with a JSON list or one name a line (${code ?? message})`);
  }
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string' && label.trim() !== '')) {
    return refuse(from, 'a file with a JSON list of texts or one name a line');
  }
  if (labels.length === classes) return labels as string[];
  return refuse(from, `a file with ${classes} names, one per class of the weights (it has ${labels.length})`);
}

function parse(text: string): unknown {
  if (text.trimStart().startsWith('[')) return JSON.parse(text);
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
