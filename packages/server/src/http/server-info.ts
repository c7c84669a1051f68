import { ApiError, endpoints } from '@trackway/api'
import { encode } from '@trackway/api/codec'
import type { FastifyInstance } from 'fastify'

import type { Readiness } from '../execution/executor.ts'
import { MLFLOW_API_VERSION, TRACKWAY_VERSION } from '../version.ts'
import { sendJson } from './json-reply.ts'
import type { StreamHandler } from './stream-request.ts'

/**
 * @param transfersDirectly whether large artifacts go straight from clients to a store and back. Through the server, one
 *   upload into a local folder in parts costs half of it.
 */
export function serverInfo(transfersDirectly: boolean): StreamHandler {
  const text = encode(endpoints.getServerInfo.response, {
    store_type: 'SqlStore',
    workspaces_enabled: false,
    trace_archival_enabled: false,
    multipart_uploads_enabled: transfersDirectly,
    multipart_downloads_enabled: transfersDirectly,
    presigned_upload_run_id_supported: true,
    presigned_upload_model_id_supported: true,
    mlflow_version: MLFLOW_API_VERSION,
    trackway_version: TRACKWAY_VERSION,
  })
  return async (_request, reply) => sendJson(reply, text)
}

/**
 * `/health` and `/version` in plain text, as monitors and clients know them: they are answered by any process that runs.
 * `/ready` tells load balancers whether to send requests here: 200, or 503 with the reason.
 */
export function registerProbes(app: FastifyInstance, staticPrefix: string, readiness: () => Readiness): void {
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
  app.route({
    method: ['GET', 'HEAD'],
    url: `${staticPrefix}/ready`,
    config: { endpoint: 'ready' },
    handler: async (_request, reply) => {
      const { ready, reason = 'The server is not ready.' } = readiness()
      reply.header('cache-control', 'no-store')
      if (ready) return sendJson(reply, '{"status":"OK"}')
      const error = new ApiError('TEMPORARILY_UNAVAILABLE', reason)
      return sendJson(reply.code(error.status), JSON.stringify(error.toBody()))
    },
  })
}
