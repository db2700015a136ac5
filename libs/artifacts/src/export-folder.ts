/**
 * Where the unpacked files of an export lie, in `<data>/exports`: a folder per attempt, since a worker that was thought
 * dead may wake and go on writing while another has the claim. The first attempt's is named by the export alone.
 *
 * @param attempt Fencing token of the claim; at least 1.
 */
export function exportFolderName(exportId: string, attempt: number): string {
  return attempt === 1 ? exportId : `${exportId}-attempt-${attempt}`;
}
