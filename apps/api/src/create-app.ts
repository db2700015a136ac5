import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule, type AppParts } from './app.module.js';
import { accessLog } from './http/access-log.js';
import { ContractPipe } from './http/contract.pipe.js';
import { jsonOnly } from './http/json-only.js';
import { loopbackOnly } from './http/loopback-only.js';
import { openApiDocument, serveDocs } from './http/openapi.js';
import { ProblemFilter } from './http/problem.filter.js';
import { requestId } from './http/request-id.js';
import { securityHeaders } from './http/security-headers.js';
import type { JsonLogger } from './json-logger.js';

/** The HTTP application over its parts: not listening yet. */
export async function createApp(parts: AppParts, version: string, logger: JsonLogger): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.of(parts), {
    logger,
    bodyParser: false,
    forceCloseConnections: true,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(requestId, securityHeaders, accessLog, loopbackOnly(parts.config.host), jsonOnly);
  app.useBodyParser('json', { limit: '1mb', strict: true });
  app.useGlobalPipes(new ContractPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveDocs(app, openApiDocument(app, version));
  await app.init();
  return app;
}
