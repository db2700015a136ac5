import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { HttpProblem } from './http-problem.js';

const loopback = new Set(['localhost', '127.0.0.1', '::1']);
const named = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Where the service listens on loopback, refuses requests that name another host: a page on the internet can let its own
 * name point to 127.0.0.1 (DNS rebinding), and its scripts would then be of the same origin as the service.
 *
 * @param host Where the service listens; on any other address every name is taken.
 * @see CWE-350
 */
export function loopbackOnly(host: string): RequestHandler {
  if (!loopback.has(host.toLowerCase())) return (_request, _response, next) => next();
  return (request: Request, _response: Response, next: NextFunction) => {
    const received = request.headers.host ?? '';
    if (named.test(received)) return next();
    const told = JSON.stringify(received.slice(0, 200));
    throw new HttpProblem('MISDIRECTED', `Host is ${told}, must be localhost, 127.0.0.1 or [::1], with any port.`);
  };
}
