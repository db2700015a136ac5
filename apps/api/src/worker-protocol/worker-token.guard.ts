import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { HttpProblem } from '../http/http-problem.js';
import { WORKER_TOKEN } from '../injection-tokens.js';

/** Lets in who shows `Authorization: Bearer <worker token>`; the comparison takes equally long whatever is shown. */
@Injectable()
export class WorkerTokenGuard implements CanActivate {
  readonly #expected: Buffer;

  constructor(@Inject(WORKER_TOKEN) token: string) {
    this.#expected = digest(token);
  }

  canActivate(context: ExecutionContext): boolean {
    const header = context.switchToHttp().getRequest<Request>().get('Authorization') ?? '';
    const shown = /^Bearer (\S+)$/i.exec(header)?.[1];
    if (shown !== undefined && timingSafeEqual(digest(shown), this.#expected)) return true;
    throw new HttpProblem('UNAUTHORIZED', 'A worker must send Authorization: Bearer <worker token>.', {
      'WWW-Authenticate': 'Bearer realm="retune worker"',
    });
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
