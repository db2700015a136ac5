/** SQLSTATE classes and codes of a server that is starting, stopping or unreachable, and of Node's socket errors. */
const transient = /^(08...|57P0[1-3]|53300|25006|ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT)$/;

/** Whether an error of the database driver only says that Postgres cannot be reached right now. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { driverError, code, syscall } = error as { driverError?: unknown; code?: unknown; syscall?: unknown };
  if (driverError !== undefined && driverError !== error) return isDatabaseUnavailable(driverError);
  if (typeof code === 'string' && transient.test(code))
    return code.length === 5 || syscall === 'connect' || syscall === 'read';
  return /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout)/.test(error.message);
}

/** Numbers beyond a column's range, and text that is none of its type or of its encoding. */
const unstorable = /^(22003|22P02|22P05|22021)$/;

/** Whether Postgres refused a value that came through the contract: one more bound is missing there. */
export function isUnstorableValue(error: unknown): boolean {
  const { driverError, code } = (error ?? {}) as { driverError?: { code?: unknown }; code?: unknown };
  return unstorable.test(String(driverError?.code ?? code));
}
