import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const acceptable = /^[A-Za-z0-9._-]{8,64}$/;

/** Gives each request an id, or keeps the caller's `X-Request-Id`, and says it in the answer. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('X-Request-Id');
  response.setHeader('X-Request-Id', given !== undefined && acceptable.test(given) ? given : randomUUID());
  next();
}

/** The id that `requestId` gave. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader('X-Request-Id') ?? randomUUID());
}
