import { Inject, Injectable } from '@nestjs/common';
import type { ArtifactStore } from '#artifacts';
import { type DatasetManifest, parseManifest, type Split } from '#dataset';
import { InvalidInputError } from '#primitives';
import { ImportDataset } from '#search';
import { ARTIFACTS } from '../injection-tokens.js';

/** Manifests that stay in memory: the pages of one listing come one after the other. */
const manifestsKept = 4;

/** One image of a dataset as a listing shows it. */
export interface ListedImage {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly className: string;
  readonly split: Split;
}

/** Lists the images of a dataset from its manifest, which never changes. */
@Injectable()
export class DatasetImages {
  readonly #manifests = new Map<string, Promise<DatasetManifest>>();

  constructor(
    private readonly datasets: ImportDataset,
    @Inject(ARTIFACTS) private readonly artifacts: ArtifactStore,
  ) {}

  /**
   * One page, in order of the paths; empty until the dataset is READY.
   *
   * @throws {NotFoundError} if there is no such dataset.
   * @throws {InvalidInputError} for a cursor that no page gave.
   */
  async list(id: string, request: { limit: number; cursor?: string | undefined; split?: Split | undefined }) {
    const { manifestSha256 } = await this.datasets.show(id);
    const begin = offsetOf(request.cursor);
    if (manifestSha256 === null) return { items: [], nextCursor: null };
    const manifest = await this.#manifest(manifestSha256);
    const images = manifest.images.filter((image) => request.split === undefined || image.split === request.split);
    const end = begin + request.limit;
    const items = images.slice(begin, end).map((image) => listed(image, manifest.classes));
    return { items, nextCursor: end < images.length ? String(end) : null };
  }

  #manifest(sha256: string): Promise<DatasetManifest> {
    const known = this.#manifests.get(sha256);
    if (known) return known;
    const loading = this.artifacts.get(sha256).then((bytes) => parseManifest(Buffer.from(bytes).toString('utf8')));
    this.#manifests.set(sha256, loading);
    loading.catch(() => this.#manifests.delete(sha256));
    const [oldest] = this.#manifests.keys();
    if (this.#manifests.size > manifestsKept) this.#manifests.delete(oldest);
    return loading;
  }
}

function listed(image: DatasetManifest['images'][number], classes: readonly string[]): ListedImage {
  const { path, sha256, bytes, width, height, split } = image;
  return { path, sha256, bytes, width, height, className: classes[image.classIndex], split };
}

function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (/^[1-9]\d{0,8}$/.test(cursor)) return Number(cursor);
  throw new InvalidInputError([{ field: 'cursor', value: cursor, allowed: 'the nextCursor of the page before' }]);
}
