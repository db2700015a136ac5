import { CreateSearchTables1795492680000 } from './1795492680000-create-search-tables.js';

/** Every migration in the order of its time; listed here so that tests and the built service run the same ones. */
export const migrations = [CreateSearchTables1795492680000];
