/** Where the features of a trial's pictures came from. */
export interface FeatureUse {
  /** Name of the first block that is not frozen. */
  readonly cut: string;
  /** Pictures whose features were in memory, were on disk, were computed. */
  readonly inMemory: number;
  readonly onDisk: number;
  readonly computed: number;
  /** Of all features, bytes. */
  readonly bytes: number;
  /** What computing took now. */
  readonly computeSeconds: number;
  /** What was saved: what computing the others took when it was done. */
  readonly savedSeconds: number;
}

/** One line for the log. */
export function describeFeatureUse({ cut, inMemory, onDisk, computed, bytes, ...took }: FeatureUse): string {
  const counts = [
    [inMemory, 'in memory'],
    [onDisk, 'on disk'],
    [computed, 'computed'],
  ] as const;
  const found = counts.filter(([count]) => count > 0).map(([count, where]) => `${count} ${where}`);
  const seconds = `${took.computeSeconds.toFixed(2)} s now, ${took.savedSeconds.toFixed(2)} s saved`;
  return `Features at ${cut}: ${found.join(', ')}, ${(bytes / 1e6).toFixed(1)} MB, ${seconds}`;
}
