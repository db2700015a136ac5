/** What a study must know of an architecture. */
export interface KnownArchitecture {
  readonly name: string;
  /** Side of the smallest square it takes, pixels. */
  readonly minImageSize: number;
  /** Whether pretrained weights are at hand; without them only `scratch` can be trained. */
  readonly pretrained: boolean;
}

/** The architectures a study may name. */
export interface ArchitectureCatalog {
  list(): Promise<readonly KnownArchitecture[]>;
}
