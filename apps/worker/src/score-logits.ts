/** How well logits fit the labels. */
export interface Score {
  /** Mean cross-entropy, nats; NaN or infinite where a logit is. */
  readonly loss: number;
  /** 0–1. */
  readonly accuracy: number;
  readonly correct: number;
  /** Index of the largest logit per example; of equal ones the first. */
  readonly predictions: Int32Array;
}

/**
 * Scores logits [n, classes] against labels [n]; sums in double precision. A row with NaN counts as wrong.
 *
 * @throws {RangeError} if the lengths do not fit or there is no example.
 */
export function scoreLogits(logits: Float32Array, labels: Int32Array, classes: number): Score {
  const count = labels.length;
  if (count === 0 || logits.length !== count * classes) {
    throw new RangeError(`logits have length ${logits.length}, must be ${count} examples x ${classes} classes, >= 1`);
  }
  const predictions = new Int32Array(count);
  let loss = 0;
  let correct = 0;
  for (let example = 0; example < count; example++) {
    const row = logits.subarray(example * classes, (example + 1) * classes);
    const best = largest(row);
    predictions[example] = best;
    if (best === labels[example] && !Number.isNaN(row[best])) correct++;
    let sum = 0;
    for (const logit of row) sum += Math.exp(logit - row[best]);
    loss += Math.log(sum) + row[best] - row[labels[example]];
  }
  return { loss: loss / count, accuracy: correct / count, correct, predictions };
}

/** [classes × classes] counts, row = true class, column = predicted class. */
export function confusionMatrix(predictions: Int32Array, labels: Int32Array, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  labels.forEach((label, example) => {
    matrix[label][predictions[example]]++;
  });
  return matrix;
}

function largest(row: Float32Array): number {
  let best = 0;
  for (let index = 1; index < row.length; index++) if (row[index] > row[best]) best = index;
  return best;
}
