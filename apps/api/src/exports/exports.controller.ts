import { Body, Controller, Get, Param, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import {
  type CreateExportRequest,
  createExportRequest,
  type ExportedModel,
  exportedModel,
  page,
  pageQuery,
} from '#api-contract';
import { ManageExports } from '#search';
import { Documented } from '../http/documented.js';
import { type FileParam, fileParam, type IdParam, idParam } from '../http/path-params.js';

import { toExportedModel } from './export.mapper.js';
import { ExportFiles, type OpenDownload } from './export-files.js';

@ApiTags('exports')
@Controller('v1')
export class ExportsController {
  constructor(
    private readonly exports: ManageExports,
    private readonly files: ExportFiles,
  ) {}

  @Post('studies/:id/exports')
  @Documented({
    summary: 'Export a trial, or the best one that meets the bounds',
    status: 201,
    schema: exportedModel,
    problems: [400, 403, 404, 409, 413],
  })
  async create(
    @Param({ schema: idParam }) { id }: IdParam,
    @Body({ schema: createExportRequest }) body: CreateExportRequest,
  ): Promise<ExportedModel> {
    return toExportedModel(await this.exports.create(id, body));
  }

  @Get('studies/:id/exports')
  @Documented({ summary: 'Exports of a study, newest first', schema: page(exportedModel), problems: [400, 404] })
  async list(
    @Param({ schema: idParam }) { id }: IdParam,
    @Query({ schema: pageQuery }) query: z.infer<typeof pageQuery>,
  ) {
    const { items, nextCursor } = await this.exports.list(id, query);
    return { items: items.map(toExportedModel), nextCursor };
  }

  @Get('exports/:id')
  @Documented({ summary: 'An export with its verification', schema: exportedModel, problems: [400, 404] })
  async show(@Param({ schema: idParam }) { id }: IdParam): Promise<ExportedModel> {
    return toExportedModel(await this.exports.show(id));
  }

  @Get('exports/:id/zip')
  @Documented({ summary: 'Download an export', media: 'application/zip', problems: [400, 404, 410] })
  async downloadZip(
    @Param({ schema: idParam }) { id }: IdParam,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    return send(await this.files.zip(await this.exports.show(id)), response);
  }

  @Get('exports/:id/files/:name')
  @Documented({
    summary: 'Download one file of an export',
    media: 'application/octet-stream',
    problems: [400, 404, 410],
  })
  async downloadFile(
    @Param({ schema: fileParam }) { id, name }: FileParam,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    return send(await this.files.file(await this.exports.show(id), name), response);
  }
}

/** The digest lets a client notice what a disk or a proxy did to the bytes. @see RFC 9530 */
function send({ stream, sha256, bytes, fileName, mediaType }: OpenDownload, response: Response): StreamableFile {
  response.setHeader('Repr-Digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`);
  const disposition = `attachment; filename="${fileName}"`;
  return new StreamableFile(stream, { type: mediaType, length: bytes, disposition });
}
