import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { requestIdOf } from './request-id.js';
import { toProblem } from './to-problem.js';

/** The last stop of every error: answers it as `application/problem+json` and logs what nobody foresaw. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const { problem, headers } = toProblem(error, requestIdOf(response));
    if (problem.status >= 500) {
      const stack = error instanceof Error ? error.stack : String(error);
      this.#log.error(`${request.method} ${request.path} failed`, stack, {
        requestId: problem.instance,
        code: problem.code,
      });
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.removeHeader('Content-Disposition');
    response.status(problem.status).set(headers).set('Cache-Control', 'no-store');
    response.type('application/problem+json').send(JSON.stringify(problem));
  }
}
