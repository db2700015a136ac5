import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { InvalidInputError } from '#primitives';
import { fieldProblems } from './allowed-values.js';
import { unsafeContent } from './unsafe-content.js';

/**
 * Checks whatever a route declares with a schema of the contract (`@Body({ schema })`, `@Query({ schema })`,
 * `@Param({ schema })`) and hands on the parsed value with its defaults.
 *
 * @throws {InvalidInputError} naming every wrong field, the value received and what is allowed.
 */
export class ContractPipe implements PipeTransform {
  transform(value: unknown, { schema }: ArgumentMetadata): unknown {
    if (!(schema instanceof z.ZodType)) return value;
    const unsafe = unsafeContent(value);
    if (unsafe) throw new InvalidInputError([unsafe]);
    const result = schema.safeParse(value);
    if (!result.success) throw new InvalidInputError(fieldProblems(schema, result.error.issues, value));
    return result.data;
  }
}
