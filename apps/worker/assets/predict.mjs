#!/usr/bin/env node
// Classifies pictures with the model beside this file: node predict.mjs image.jpg ... [--json] [--top K]
// Ends with 0, with 2 where an argument or a picture is wrong, and with 1 where anything else is.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const folder = dirname(fileURLToPath(import.meta.url));
// As when pictures are imported: what the model was never shown is no question for it.
const maxPixels = 64_000_000;
const maxAspectRatio = 20;
const usage = 'Usage: node predict.mjs IMAGE... [--json] [--top K]';

class InputError extends Error {}

try {
  await main();
} catch (error) {
  process.stderr.write(`predict: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof InputError || error.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, top: { type: 'string', default: '3' }, help: { type: 'boolean' } },
  });
  if (values.help) return void process.stdout.write(`${usage}\n`);
  const top = Number(values.top);
  if (!Number.isInteger(top) || top < 1)
    throw new InputError(`--top is ${values.top}, must be an integer of at least 1`);
  if (positionals.length === 0) throw new InputError(`no image given. ${usage}`);

  const sharp = load('sharp');
  const ort = load('onnxruntime-node');
  const labels = JSON.parse(readFileSync(join(folder, 'labels.json'), 'utf8'));
  const session = await ort.InferenceSession.create(join(folder, 'model.onnx'), { logSeverityLevel: 3 });

  const results = [];
  for (const image of positionals) {
    const probabilities = await classify(image, sharp, ort, session);
    const predictions = labels
      .map((label, index) => ({ label, probability: probabilities[index] }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, top);
    results.push({ image, predictions });
    if (!values.json) process.stdout.write(`${image}\n${predictions.map(line).join('')}`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}

function line({ label, probability }) {
  return `  ${(probability * 100).toFixed(1).padStart(5)} %  ${label}\n`;
}

/** The whole picture goes in; scaling and normalisation are part of the model. */
async function classify(image, sharp, ort, session) {
  const { data, info } = await decode(image, sharp);
  const picture = new ort.Tensor('uint8', new Uint8Array(data.buffer, data.byteOffset, data.length), [
    1,
    info.height,
    info.width,
    3,
  ]);
  const outputs = await session.run({ [session.inputNames[0]]: picture });
  return outputs.probabilities.data;
}

async function decode(image, sharp) {
  try {
    const bytes = readFileSync(image);
    // As in training: turned upright, transparency laid on white, 8-bit sRGB.
    const decoded = await sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels, pages: 1 })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = decoded.info;
    if (Math.max(width, height) > maxAspectRatio * Math.min(width, height)) {
      throw new Error(
        `it is ${width} × ${height} pixels, the long side may be at most ${maxAspectRatio} times the short one`,
      );
    }
    return decoded;
  } catch (error) {
    const reason = String(error.message ?? error).split('\n')[0];
    const tooLarge = reason.includes('exceeds pixel limit');
    throw new InputError(`cannot read ${image}: ${tooLarge ? `it has more than ${maxPixels} pixels` : reason}`);
  }
}

// Through require, so that NODE_PATH is honoured too.
function load(name) {
  try {
    return createRequire(import.meta.url)(name);
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw new Error(`${name} is installed but does not load: ${error.message}`);
    throw new Error(
      `the package ${name} is missing. Install both beside this file: npm install onnxruntime-node sharp`,
    );
  }
}
