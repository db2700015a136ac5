/** Every column but `rejected`: a folder may hold thousands of files that are no pictures. */
const COLUMNS = `d.id, d.serial, d.name, d.path, d.validation_fraction, d.seed, d.state, d.progress_done, d.progress_total,
  d.failure, d.version, d.manifest_sha256, d.classes, d.image_count, d.size_bytes, d.created_at,
  jsonb_array_length(d.rejected) AS rejected_count`;

/** $1 name, $2 path, $3 validation fraction, $4 seed. */
export const INSERT_DATASET = `
  INSERT INTO dataset AS d (name, path, validation_fraction, seed) VALUES ($1, $2, $3, $4)
  RETURNING ${COLUMNS}, d.rejected`;

/** $1 dataset. */
export const FIND_DATASET = `SELECT ${COLUMNS}, d.rejected FROM dataset d WHERE d.id = $1`;

/** $1 version. */
export const FIND_DATASET_VERSION = `
  SELECT ${COLUMNS}, '[]'::jsonb AS rejected FROM dataset d
   WHERE d.version = $1 AND d.state = 'READY' ORDER BY d.serial LIMIT 1`;

/** $1 name or null, $2 serial of the last one seen or null, $3 limit. Ten of the refused files are named. */
export const LIST_DATASETS = `
  SELECT ${COLUMNS}, jsonb_path_query_array(d.rejected, '$[0 to 9]') AS rejected FROM dataset d
   WHERE ($1::text IS NULL OR d.name = $1) AND ($2::bigint IS NULL OR d.serial < $2)
   ORDER BY d.serial DESC LIMIT $3`;

export const LIST_IMPORTING = `SELECT ${COLUMNS}, d.rejected FROM dataset d WHERE d.state = 'IMPORTING' ORDER BY d.serial`;
