export type DatasetState = 'IMPORTING' | 'READY' | 'FAILED';

/** Images of one class by split. */
export interface ClassCount {
  readonly name: string;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** What a person asks to be imported. */
export interface DatasetRequest {
  readonly name: string;
  /** Absolute path of the folder on the machine of the service. */
  readonly path: string;
  /** Part of each class kept for validation where the folder has no split folders, in [0.05, 0.5]. */
  readonly validationFraction: number;
  /** Seed of the split, integer in [0, 2³²). */
  readonly seed: number;
}

/** What an import found. */
export interface DatasetContent {
  /** SHA-256 that names the content: equal folders have equal versions. */
  readonly version: string;
  /** The manifest in the artifact store. */
  readonly manifestSha256: string;
  readonly classes: readonly ClassCount[];
  readonly imageCount: number;
  readonly sizeBytes: number;
  /** Files refused, with the reason. */
  readonly rejected: readonly { readonly path: string; readonly reason: string }[];
}

/** A dataset as it is stored; the content is empty until READY. */
export interface DatasetRecord extends DatasetRequest, Omit<DatasetContent, 'version' | 'manifestSha256'> {
  readonly id: string;
  readonly state: DatasetState;
  readonly progress: { readonly done: number; readonly total: number | null };
  readonly failure: string | null;
  readonly version: string | null;
  readonly manifestSha256: string | null;
  /** How many files were refused; `rejected` may hold fewer, see `DatasetRepository`. */
  readonly rejectedCount: number;
  readonly createdAt: Date;
}
