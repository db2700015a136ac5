import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { openWorkload } from './engine-workloads.js';
import { operatorTable, type ProfileEvent } from './operator-table.js';
import type { Scene } from './workload.js';

const stepsPerRun = 4;
const runs = 3;
const batch = 16;

/** The operators of a network's training step by their time, as ONNX Runtime's profiler counts it (which slows the step). */
export async function profileTraining(scene: Scene): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'retune-profile-'));
  const restore = profileSessions(join(folder, 'session'));
  try {
    const workload = await openWorkload({ ...scene, kind: 'training', batch, classes: 10 });
    const seconds: number[] = [];
    for (let run = 0; run < runs; run++) seconds.push((await workload.run(stepsPerRun)) / stepsPerRun);
    await workload.dispose(); // the profile is written when the session closes
    const { network, size, threads } = scene;
    const best = (Math.min(...seconds) * 1000).toFixed(1);
    const title = `${network}, ${size} px, batch ${batch}, ${threads} threads: training step ${best} ms with the profiler on`;
    return `${title}\n\n${operatorTable(largestProfile(folder), runs * stepsPerRun)}`;
  } finally {
    restore();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Switches the profiler on in the library: the engine has no option for it, and no trial needs one. */
function profileSessions(profileFilePrefix: string): () => void {
  const create = InferenceSession.create;
  const profiled = (model: Uint8Array, options: InferenceSession.SessionOptions) =>
    create.call(InferenceSession, model, { ...options, enableProfiling: true, profileFilePrefix });
  InferenceSession.create = profiled as typeof create;
  return () => {
    InferenceSession.create = create;
  };
}

/** A compilation may open small sessions of its own, to compare lowerings; the step's profile is the largest. */
function largestProfile(folder: string): ProfileEvent[] {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const [largest] = files.sort((a, b) => statSync(b).size - statSync(a).size);
  return JSON.parse(readFileSync(largest, 'utf8')) as ProfileEvent[];
}
