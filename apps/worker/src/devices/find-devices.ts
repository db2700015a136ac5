import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import type { DeviceClass, ProbedDevice } from '#api-contract';
import type { Environment } from '../config.js';
import { describeDevice } from '../device.js';
import { probeTensorflow } from '../probe-tensorflow.js';
import {
  listTensorflow,
  type TensorflowPackage,
  type TensorflowProvider,
  tensorflowPackages,
} from '../tensorflow-package.js';
import { hasCudaProvider } from './cuda-provider.js';
import type { Gpu } from './gpu.js';
import { visibleGpus } from './nvidia-gpus.js';
import type { Probe, ProbeAnswer } from './probe-in-child.js';
import { isCardFile } from './software-adapter.js';
import { type SystemGpus, systemGpus } from './system-gpus.js';

/** Looks at one machine, at most once for each thing. Nothing of ONNX Runtime is loaded in this process. */
export class DeviceFinder {
  #gpus: Promise<SystemGpus> | undefined;

  constructor(
    private readonly probe: Probe,
    private readonly environment: Environment,
    private readonly dataFolder: string,
    private readonly system: {
      readonly gpus: () => Promise<SystemGpus>;
      readonly hasCudaProvider: () => boolean;
    } = { gpus: systemGpus, hasCudaProvider },
  ) {}

  cpu(): ProbedDevice {
    return { ...describeDevice(), works: true, problem: null, software: false };
  }

  /** The adapter that the system prefers, whether it works or not. */
  async webgpu(): Promise<ProbedDevice> {
    const [answer, { nvidia, others }] = await Promise.all([
      this.probe({ kind: 'device', device: { provider: 'webgpu', index: 0 } }),
      this.#systemGpus(),
    ]);
    const cards = [...nvidia, ...others];
    const imitated = answer.works && process.platform === 'win32' && cards.every(isBasicDriver) ? 'Windows' : null;
    const software = answer.software ?? imitated;
    const card = software === null ? adapterOf(cards) : { ...unknown, name: `${software} (software, no GPU)` };
    return this.#entry('webgpu', 0, card, { ...answer, software });
  }

  /** NVIDIA's cards by CUDA's numbers; none before `npm run setup:cuda`. */
  async cuda(): Promise<ProbedDevice[]> {
    if (!this.system.hasCudaProvider()) return [];
    const cards = visibleGpus((await this.#systemGpus()).nvidia, this.environment.CUDA_VISIBLE_DEVICES);
    const devices: ProbedDevice[] = [];
    // One after the other: their first start takes memory and all cores.
    for (const index of cards.keys()) devices.push(await this.cudaDevice(index));
    return devices;
  }

  async cudaDevice(index: number): Promise<ProbedDevice> {
    const cards = visibleGpus((await this.#systemGpus()).nvidia, this.environment.CUDA_VISIBLE_DEVICES);
    const card = cards[index] ?? unknown;
    if (!this.system.hasCudaProvider()) {
      const problem = 'the CUDA libraries are not there: npm run setup:cuda fetches them';
      return this.#entry('cuda', index, card, { works: false, problem, software: null, version: null });
    }
    return this.#entry('cuda', index, card, await this.probe({ kind: 'device', device: { provider: 'cuda', index } }));
  }

  /** TensorFlow's runtimes, those that are linked or installed. */
  async tensorflow(): Promise<ProbedDevice[]> {
    const devices: ProbedDevice[] = [];
    for (const one of listTensorflow(this.dataFolder)) devices.push(await this.#tensorflowDevice(one, 0));
    return devices;
  }

  async tensorflowDevice(deviceClass: TensorflowProvider, index: number): Promise<ProbedDevice> {
    const found = listTensorflow(this.dataFolder).find(({ provider }) => provider === deviceClass);
    if (found !== undefined) return this.#tensorflowDevice(found, index);
    const problem = `${tensorflowPackages[deviceClass]} is not here: retune engine link-tensorflow makes it`;
    return this.#entry(deviceClass, index, unknown, { works: false, problem, software: null, version: null });
  }

  async #tensorflowDevice(tensorflow: TensorflowPackage, index: number): Promise<ProbedDevice> {
    const { provider } = tensorflow;
    const { environment } = this;
    const { loads, problem, gpu, tensorflow: version } = await probeTensorflow(tensorflow, { environment, gpu: index });
    const idle = loads && provider === 'tfjs-node-gpu' && !gpu ? 'TensorFlow finds no GPU' : problem;
    const own = provider === 'tfjs-node' ? { ...unknown, memoryBytes: describeDevice().memoryBytes } : unknown;
    const on = provider === 'tfjs-node' ? ` on ${cpus()[0]?.model.trim() ?? 'the processor'}` : '';
    const card = { ...own, name: `TensorFlow${version === null ? '' : ` ${version}`}${on}` };
    return this.#entry(provider, index, card, { works: idle === null, problem: idle, software: null, version });
  }

  /** Everything there is, in the order processor, WebGPU, CUDA, TensorFlow. */
  async all(): Promise<ProbedDevice[]> {
    return [this.cpu(), await this.webgpu(), ...(await this.cuda()), ...(await this.tensorflow())];
  }

  /** What it takes to use what is there and does not work yet. */
  async hints(): Promise<string[]> {
    if (this.system.hasCudaProvider() || process.platform === 'darwin') return [];
    const { nvidia } = await this.#systemGpus();
    const name = nvidia[0]?.name;
    const why = name ? `to use ${name} by CUDA` : 'for an NVIDIA card by CUDA';
    return [`npm run setup:cuda fetches the libraries (${why}; CUDA 12 and cuDNN 9 must be installed)`];
  }

  #systemGpus(): Promise<SystemGpus> {
    this.#gpus ??= this.system.gpus();
    return this.#gpus;
  }

  #entry(deviceClass: DeviceClass, index: number, card: Card, answer: ProbeAnswer): ProbedDevice {
    const { works, problem, software } = answer;
    return {
      class: deviceClass,
      index,
      name: (card.name ?? (works ? 'unknown adapter' : 'no adapter')).slice(0, 200),
      driver: card.driver?.slice(0, 200) ?? null,
      memoryBytes: card.memoryBytes,
      threads: describeDevice().threads,
      works,
      problem,
      software: software !== null,
    };
  }
}

type Card = Pick<Gpu, 'name' | 'driver' | 'memoryBytes'>;
const unknown: Card = { name: null, driver: null, memoryBytes: null };

/** Among several cards nothing tells which one WebGPU took. */
function adapterOf(cards: readonly Gpu[]): Card {
  if (cards.length < 2) return cards[0] ?? unknown;
  const names = cards.map(({ name }) => name ?? 'unknown');
  return { ...unknown, name: `one of ${names.join(', ')}` };
}

/** What Windows drives a screen with where there is no graphics card. */
function isBasicDriver({ name }: Gpu): boolean {
  return /^Microsoft (Basic|Remote)/.test(name ?? '');
}

/** Whether a real graphics card can be there: where none can, WebGPU would find software at best. */
export function mayHaveCard(platform: NodeJS.Platform = process.platform, devFolder = '/dev'): boolean {
  if (platform !== 'linux') return true;
  const names = [devFolder, `${devFolder}/dri`].flatMap((folder) => {
    try {
      return readdirSync(folder).map((name) => `${folder}/${name}`.replace(devFolder, '/dev'));
    } catch {
      return [];
    }
  });
  return names.some(isCardFile);
}
