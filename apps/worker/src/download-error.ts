import { DomainError } from '#primitives';

/** A download that cannot be finished, in one sentence. */
export class DownloadError extends DomainError {
  readonly code = 'DOWNLOAD_FAILED';
  constructor(
    readonly url: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot download ${url}: ${reason}`, options);
  }
}

/** The person stopped it; what has come so far is kept. */
export class DownloadInterruptedError extends DomainError {
  readonly code = 'DOWNLOAD_INTERRUPTED';
  constructor(readonly keptBytes: number) {
    super(
      keptBytes > 0
        ? `Download interrupted: ${megabytes(keptBytes)} are kept, the same command goes on from there`
        : 'Download interrupted before anything came',
    );
  }
}

/** `44.7 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

const fullDisk = new Set(['ENOSPC', 'EDQUOT']);

/** Why nothing can be written, in words. */
export function writeFailure(error: unknown, folder: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (fullDisk.has(code ?? '')) return `the disk of ${folder} is full; make room and repeat the command, it goes on`;
  return `${folder} cannot be written to (${code ?? message})`;
}

/** Failures of the way to the server that do not pass by themselves. */
const lasting: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name of the server is not known; without internet, see "retune zoo import --help"',
  ECONNREFUSED: 'nobody answers there',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another server',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed (NODE_EXTRA_CA_CERTS names one to trust)',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is not trusted (NODE_EXTRA_CA_CERTS names one to trust)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is not trusted (NODE_EXTRA_CA_CERTS names one to trust)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is not trusted (NODE_EXTRA_CA_CERTS names one to trust)',
};

/** Why a request or its body failed, and whether trying again may help. */
export function networkFailure(error: unknown): { readonly reason: string; readonly passing: boolean } {
  const cause = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  const code = cause.code ?? '';
  if (code in lasting) return { reason: lasting[code], passing: false };
  return { reason: `the connection failed (${code || cause.message})`, passing: true };
}
