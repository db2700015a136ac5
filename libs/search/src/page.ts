/** One page of a listing; `nextCursor` gets the next one, null on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Which page is wanted. */
export interface PageRequest {
  /** Integer in [1, 500]. */
  readonly limit: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}
