import { SmartCoercionPlugin } from '@orpc/json-schema';
import { OpenAPIGenerator } from '@orpc/openapi';
import { OpenAPIHandler } from '@orpc/openapi/node';
import { BodyLimitPlugin } from '@orpc/server/node';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { contract } from '#contract/contract.ts';
import type { AppRouter } from '../router.ts';
import { renderApiPage, type ApiDocument } from './apiPage.ts';
import type { NoContext, RpcBoundary } from './rpcBoundary.ts';

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Serves REST under /api, its OpenAPI document under /api/openapi.json and a readable page under /api. */
export class RestCarrier {
  readonly #handler: OpenAPIHandler<NoContext>;
  readonly #version: string;
  #document: Promise<ApiDocument> | null = null;

  constructor({ router, boundary, version }: { router: AppRouter; boundary: RpcBoundary; version: string }) {
    const schemaConverters = [new ZodToJsonSchemaConverter()];
    this.#handler = new OpenAPIHandler(router, { ...boundary, plugins: [new SmartCoercionPlugin({ schemaConverters }), new BodyLimitPlugin({ maxBodySize: MAX_BODY_BYTES })] });
    this.#version = version;
  }

  /** Answers a request under /api. Who may ask was decided before. */
  async handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (path === '/api' || path === '/api/') {
      send(response, 200, 'text/html; charset=utf-8', renderApiPage(await this.#describe()));
      return;
    }
    if (path === '/api/openapi.json') {
      send(response, 200, 'application/json', JSON.stringify(await this.#describe()));
      return;
    }
    const { matched } = await this.#handler.handle(request, response, { prefix: '/api', context: {} });
    if (!matched) send(response, 404, 'application/json', JSON.stringify({ code: 'NOT_FOUND', message: 'No such call; see /api.' }));
  }

  #describe(): Promise<ApiDocument> {
    this.#document ??= new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] }).generate(contract, {
      info: { title: 'Wheelhouse', version: this.#version },
      servers: [{ url: '/api' }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    });
    return this.#document;
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(body);
}
