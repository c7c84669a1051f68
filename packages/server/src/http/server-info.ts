import { endpoints } from '@trackway/api'
import { encode } from '@trackway/api/codec'
import type { FastifyInstance } from 'fastify'

import { MLFLOW_API_VERSION, TRACKWAY_VERSION } from '../version.ts'
import { sendJson } from './json-reply.ts'
import type { StreamHandler } from './stream-request.ts'

export function serverInfo(): StreamHandler {
  const text = encode(endpoints.getServerInfo.response, {
    store_type: 'SqlStore',
    workspaces_enabled: false,
    trace_archival_enabled: false,
    // Parts can be sent, but into a local folder one upload costs half of it.
    multipart_uploads_enabled: false,
    multipart_downloads_enabled: false,
    mlflow_version: MLFLOW_API_VERSION,
    trackway_version: TRACKWAY_VERSION,
  })
  return async (_request, reply) => sendJson(reply, text)
}

/** `/health` and `/version` in plain text, as monitors and clients know them. */
export function registerProbes(app: FastifyInstance, staticPrefix: string): void {
  for (const [path, text] of [
    ['/health', 'OK'],
    ['/version', MLFLOW_API_VERSION],
  ] as const) {
    app.route({
      // Load balancers ask with HEAD.
      method: ['GET', 'HEAD'],
      url: staticPrefix + path,
      config: { endpoint: path.slice(1) },
      handler: async (_request, reply) => reply.type('text/plain; charset=utf-8').send(text),
    })
  }
}
