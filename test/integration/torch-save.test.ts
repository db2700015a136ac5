import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSafetensors, readTorchFile } from '#model-zoo';
import { buildNetwork, convertWeights, loadWeights } from '#model-zoo/networks';
import type { NamedTensor } from '#primitives';

const python = '/usr/bin/python3';

/** Saves a seeded network in both layouts, and says every tensor's name, shape and SHA-256 of its float32 bytes. */
const script = `
import hashlib, json, sys, torch, torchvision
folder, architecture, dotted = sys.argv[1], sys.argv[2], sys.argv[3] == "dotted"
torch.manual_seed(5)
state = getattr(torchvision.models, architecture)(weights=None).state_dict()
if dotted:
    import re
    for key in list(state):
        state[re.sub(r"(denselayer\\d+\\.(?:norm|conv))([12]\\.)", r"\\1.\\2", key)] = state.pop(key)
torch.save(state, f"{folder}/{architecture}.zip.pth")
torch.save(state, f"{folder}/{architecture}.legacy.pth", _use_new_zipfile_serialization=False)
print(json.dumps([[name, list(t.shape), hashlib.sha256(t.to(torch.float32).numpy().tobytes()).hexdigest()]
    for name, t in state.items()]))
`;

const hasTorch = (() => {
  try {
    execFileSync(python, ['-c', 'import torch, torchvision'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const digests = (tensors: readonly NamedTensor[]) =>
  tensors.map(({ name, shape, data }) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return [name, shape, createHash('sha256').update(bytes).digest('hex')];
  });

const folder = mkdtempSync(join(tmpdir(), 'retune-torch-save-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!hasTorch).each([
  ['resnet18', ''],
  ['densenet121', 'dotted'],
  ['squeezenet1_1', ''],
])(
  'readTorchFile() of a whole %s (skipped where /usr/bin/python3 cannot import torch and torchvision)',
  (architecture, dotted) => {
    let expected: readonly (readonly [name: string, shape: number[], sha256: string])[];
    beforeAll(() => {
      const printed = execFileSync(python, ['-c', script, folder, architecture, dotted], { maxBuffer: 2 ** 24 });
      expected = JSON.parse(printed.toString());
    });

    test.each(['zip', 'legacy'] as const)('finds every tensor of the %s layout to the bit', (format) => {
      const file = readTorchFile(join(folder, `${architecture}.${format}.pth`));
      expect(file.format).toBe(format);
      expect(digests(file.tensors)).toEqual(expected);
    });

    test('convertWeights() makes the same safetensors of both layouts, which loadWeights() reads', () => {
      const [zip, legacy] = (['zip', 'legacy'] as const).map((format) =>
        convertWeights({ architecture, source: join(folder, `${architecture}.${format}.pth`) }),
      );
      expect(Buffer.from(zip.bytes).equals(legacy.bytes)).toBe(true);
      const parameters = expected.filter(([name]) => !name.endsWith('.num_batches_tracked'));
      expect(digests(readSafetensors(zip.bytes).tensors).map(([, , sha256]) => sha256)).toEqual(
        parameters.map(([, , sha256]) => sha256),
      );
      expect([zip.classes, zip.tensorCount, zip.droppedCount]).toEqual([
        1000,
        parameters.length,
        expected.length - parameters.length,
      ]);
      const network = buildNetwork(architecture, { classes: 1000 });
      expect(loadWeights(network, zip.bytes)).toHaveLength(network.tensors.length);
    });
  },
);
