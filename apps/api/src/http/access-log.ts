import { Logger } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { requestIdOf } from './request-id.js';

const log = new Logger('access');

/** One log line per answered request, at level debug; never with the query or a header. */
export function accessLog(request: Request, response: Response, next: NextFunction): void {
  const begin = performance.now();
  const { method, path } = request;
  response.once('close', () => {
    const durationMs = Math.round(performance.now() - begin);
    log.debug('request', { requestId: requestIdOf(response), method, path, status: response.statusCode, durationMs });
  });
  next();
}
