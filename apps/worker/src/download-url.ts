import { type FieldProblem, InvalidInputError } from '#primitives';

/**
 * An address that may be downloaded from: https, or http to this very machine (a mirror, a tunnel); without credentials,
 * which would end up in logs and in the index.
 *
 * @param field Name of the input, for the message.
 * @param plainAllowed False: https only, for redirects away from an https address.
 * @throws {InvalidInputError} saying what is wrong, without the credentials.
 */
export function readDownloadUrl(text: string, field: string, plainAllowed = true): URL {
  const refuse = (value: string, allowed: string): never => {
    throw new InvalidInputError([{ field, value, allowed } satisfies FieldProblem]);
  };
  if (!URL.canParse(text)) return refuse(text, 'an https:// address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return refuse(`${url.protocol}//…@${url.host}${url.pathname}`, 'an address without user name and password');
  }
  const plain = plainAllowed && url.protocol === 'http:' && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !plain) {
    return refuse(text, plainAllowed ? 'an https:// address (http:// to this machine only)' : 'an https:// address');
  }
  url.hash = '';
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
