import type { NextFunction, Request, Response } from 'express';
import { HttpProblem } from './http-problem.js';

/**
 * Refuses bodies that are not JSON, and requests that a page of another origin made a browser send: a service that
 * trusts its network must not be driven by a web page.
 */
export function jsonOnly(request: Request, _response: Response, next: NextFunction): void {
  if (request.get('Sec-Fetch-Site') === 'cross-site' && request.method !== 'GET') {
    throw new HttpProblem('CROSS_ORIGIN', 'Requests from pages of another origin are refused.');
  }
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody && !request.is('application/json')) {
    const received = request.get('Content-Type') ?? 'none';
    throw new HttpProblem('UNSUPPORTED_MEDIA_TYPE', `Content-Type is ${received}, must be application/json.`);
  }
  next();
}
