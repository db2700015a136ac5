import { BadRequestException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { expect, test } from 'vitest';
import { DomainError, InvalidInputError, NotFoundError } from '#primitives';
import { LeaseLostError, NoFeasibleTrialError } from '#search';
import { HttpProblem } from './http-problem.js';
import { toProblem } from './to-problem.js';

test('toProblem() shows every field of an InvalidInputError', () => {
  const error = new InvalidInputError([{ field: 'trials', value: 0, allowed: 'an integer >= 1' }]);
  expect(toProblem(error, 'id-1').problem).toEqual({
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'trials is 0, must be an integer >= 1',
    code: 'INVALID_INPUT',
    instance: 'id-1',
    errors: [{ field: 'trials', value: 0, allowed: 'an integer >= 1' }],
  });
});

test.each([
  [new NotFoundError('study', 'x'), 404, 'NOT_FOUND'],
  [new LeaseLostError('trial', 'x', 2), 409, 'LEASE_LOST'],
  [new NoFeasibleTrialError('the nearest misses latencyP95Ms'), 409, 'NO_FEASIBLE_TRIAL'],
  [new NotFoundException('Cannot GET /nope'), 404, 'ROUTE_NOT_FOUND'],
  [new PayloadTooLargeException(), 413, 'PAYLOAD_TOO_LARGE'],
  [new BadRequestException('bad', { cause: new SyntaxError('bad') }), 400, 'INVALID_JSON'],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }), 503, 'SERVICE_UNAVAILABLE'],
])('toProblem() gives %s the status and code that belong to it', (error, status, code) => {
  expect(toProblem(error, 'id').problem).toMatchObject({ status, code });
});

test('toProblem() sends the headers of an HttpProblem', () => {
  const { headers } = toProblem(new HttpProblem('UNAUTHORIZED', 'no', { 'WWW-Authenticate': 'Bearer' }), 'id');
  expect(headers).toEqual({ 'WWW-Authenticate': 'Bearer' });
});

test('toProblem() leaks nothing of an error that nobody foresaw', () => {
  class Secret extends DomainError {
    readonly code = 'NOT_IN_THE_TABLE';
  }
  for (const error of [new Error('select secret'), new TypeError('secret'), new Secret('secret'), 'secret', null]) {
    const { problem } = toProblem(error, 'id-2');
    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL_ERROR', instance: 'id-2' });
    expect(JSON.stringify(problem)).not.toContain('secret');
  }
});
