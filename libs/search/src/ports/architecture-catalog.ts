/** What a study must know of an architecture. */
export interface KnownArchitecture {
  readonly name: string;
  /** Side of the smallest square it takes, pixels. */
  readonly minImageSize: number;
  /** Names of the pretrained weights at hand, the ones to start from first; without any only `scratch` can be trained. */
  readonly weights: readonly string[];
  /** Best top-1 accuracy on ImageNet of published weights, 0–1. @default unknown */
  readonly imagenetAccuracy?: number;
  /** Multiply-accumulates of one picture at `defaultImageSize`, 10⁹. @default 1 */
  readonly gigaMacs?: number;
  /** Side of the square that the published weights were trained on, pixels. @default 224 */
  readonly defaultImageSize?: number;
  /** For two classes. @default 10 million */
  readonly parameterCount?: number;
}

/** The architectures a study may name. */
export interface ArchitectureCatalog {
  list(): Promise<readonly KnownArchitecture[]>;
}
