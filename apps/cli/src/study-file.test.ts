import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';
import { repository } from './repository.js';
import { parseStudy } from './study-file.js';

const good = `
name: a study
dataset: insects
searchSpace:
  architecture: [resnet18]
  retrainDepth: [shallow, deep]
  learningRate: { low: 0.001, high: 0.1 }
  epochs: [2, 4]
`;

describe('parseStudy()', () => {
  test('keeps what was written and names the dataset apart', () => {
    const { spec, dataset } = parseStudy(good, 'study.yaml');
    expect(dataset).toEqual({ name: 'insects' });
    expect(spec).toEqual({
      name: 'a study',
      searchSpace: {
        architecture: ['resnet18'],
        retrainDepth: ['shallow', 'deep'],
        learningRate: { low: 0.001, high: 0.1 },
        epochs: [2, 4],
      },
    });
  });

  test('reads JSON, and a dataset by id', () => {
    const { spec } = parseStudy(good, 'study.yaml');
    const datasetId = '1b671a64-40d5-491e-99b0-da01ff1f3341';
    const study = parseStudy(JSON.stringify({ ...spec, datasetId }), 'study.json');
    expect(study).toEqual({ spec, dataset: { id: datasetId } });
  });

  test('names every wrong field with its value', () => {
    const text = good
      .replace('name: a study', 'name: ""')
      .replace('deep', 'deepest')
      .replace('low: 0.001', 'low: 1')
      .replace('[2, 4]', '{ low: 1 }')
      .concat('trails: 7\ntrials: 0\nconstraints:\n  - { metric: accuracy }\n');
    const error = refusal(text);
    expect(error.exit).toBe(exitCode.badInput);
    expect(error.message).toBe('study.yaml is not a valid study');
    const fields = error.details.map((detail) => detail.split(':')[0]);
    expect(fields.sort()).toEqual([
      'constraints[0]',
      'name',
      'searchSpace.epochs',
      'searchSpace.learningRate.low',
      'searchSpace.retrainDepth[1]',
      'trails',
      'trials',
    ]);
    expect(error.details.find((detail) => detail.startsWith('searchSpace.retrainDepth[1]'))).toContain('"deepest"');
    expect(error.details.find((detail) => detail.startsWith('searchSpace.epochs'))).toContain('high');
    expect(error.details.find((detail) => detail.startsWith('trails'))).toBe('trails: is no field of a study');
  });

  test('wants the dataset exactly once', () => {
    expect(refusal(good.replace('dataset: insects', '')).details[0]).toMatch(/^dataset: missing/);
    expect(refusal(good.replace('insects', '7')).details[0]).toMatch(/^dataset: 7/);
    const twice = good.concat('datasetId: 1b671a64-40d5-491e-99b0-da01ff1f3341\n');
    expect(refusal(twice).details[0]).toMatch(/^datasetId: given besides dataset/);
  });

  test('says where the text is not YAML', () => {
    expect(refusal('name: [1,\nfoo: }').message).toMatch(/^study\.yaml is not YAML: .* at line \d+, column \d+$/);
    expect(refusal('- 1').message).toMatch(/must hold a mapping/);
    expect(refusal('').message).toMatch(/must hold a mapping/);
  });

  test('accepts every file in configs/studies', () => {
    const files = readdirSync(repository.studies).filter((name) => name.endsWith('.yaml'));
    expect(files).toContain('demo.yaml');
    for (const file of files) {
      expect(() => parseStudy(readFileSync(join(repository.studies, file), 'utf8'), file), file).not.toThrow();
    }
  });
});

function refusal(text: string): CliError {
  try {
    parseStudy(text, 'study.yaml');
  } catch (error) {
    if (error instanceof CliError) return error;
  }
  throw new Error('the study was accepted');
}
