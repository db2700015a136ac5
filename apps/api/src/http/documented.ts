import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';

/** How a route is shown in the OpenAPI document. */
export interface RouteDocument {
  readonly summary: string;
  /** Of the answer when all went well. @default {200} */
  readonly status?: number;
  readonly description?: string;
  /** Schema of a JSON answer; absent where there is no body or `media` says what it is. */
  readonly schema?: z.ZodType;
  /** Media type of an answer that is not JSON. */
  readonly media?: string;
  /** Statuses of the problems this route can answer with; those of `always` need not be named. */
  readonly problems?: readonly number[];
}

/** A body that is not JSON, a Host that is not the service's, and what nobody foresaw can meet every route. */
const always = [415, 421, 500, 503];

/** Puts a route into the OpenAPI document: what it is for, its answer and its problems. */
export function Documented(route: RouteDocument): MethodDecorator {
  const { summary, status = 200, description = '', schema, media, problems = [] } = route;
  const content = media ? { content: { [media]: { schema: { type: 'string' as const, format: 'binary' } } } } : {};
  return applyDecorators(
    ApiOperation({ summary }),
    ApiProduces(media ?? 'application/json'),
    ApiResponse({ status, description, ...(schema ? { standardSchema: schema } : content) }),
    ...[...new Set([...problems, ...always])].map((code) => ApiResponse(problemResponse(code))),
  );
}

function problemResponse(status: number) {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { status, description: 'Problem', content: { 'application/problem+json': { schema } } };
}
