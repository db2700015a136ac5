import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import * as contract from '#api-contract';

/** Names the bodies of the contract, so that the document refers to them instead of repeating them. */
const named = z.registry<{ id: string }>();
for (const [name, schema] of Object.entries(contract)) {
  const isBody =
    schema instanceof z.ZodObject || schema instanceof z.ZodDiscriminatedUnion || schema instanceof z.ZodUnion;
  // A query is not a body: its fields become parameters one by one.
  if (isBody && !name.endsWith('Query') && !named.has(schema)) {
    named.add(schema, { id: name[0].toUpperCase() + name.slice(1) });
  }
}

/** The OpenAPI document of the routes, with every schema generated from the contract. */
export function openApiDocument(app: INestApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Retune')
    .setDescription(
      'Hyperparameter search for transfer learning of image classifiers. Errors are `application/problem+json` (RFC 9457).',
    )
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The token of the workers.' }, 'worker')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
    standardSchemaConverter: (schema, { schemaType }) => toOpenApi(schema, schemaType),
  });
  // Every route refers to it, see documented.ts.
  const problems = toOpenApi(contract.problem, 'output')?.components;
  return {
    ...document,
    components: { ...document.components, schemas: { ...problems, ...document.components?.schemas } },
  };
}

/** Serves the document at /docs-json and a page to try it at /docs. */
export function serveDocs(app: INestApplication, document: OpenAPIObject): void {
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'docs-json', customSiteTitle: 'Retune API' });
}

/**
 * A schema as a reference to a named component, its parts likewise. One schema reads differently from the two sides (a
 * client may leave out what has a default), so what clients send is named `…Input`.
 */
function toOpenApi(
  schema: unknown,
  io: 'input' | 'output',
): { schema: object; components: Record<string, object> } | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const converted = z.toJSONSchema(schema, { target: 'openapi-3.0', io, unrepresentable: 'any', metadata: named });
  const suffix = io === 'input' ? 'Input' : '';
  const text = JSON.stringify(converted).replaceAll(/"#\/definitions\/(\w+)"/g, `"#/components/schemas/$1${suffix}"`);
  const { definitions = {}, ...root } = JSON.parse(text) as { definitions?: Record<string, object> };
  const components = Object.fromEntries(Object.entries(definitions).map(([id, part]) => [`${id}${suffix}`, part]));
  return { schema: root, components };
}
