import type { FastifyInstance } from 'fastify'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createLocate } from './artifacts/artifact-location.ts'
import { openLocalArtifactStore } from './artifacts/local-artifact-store.ts'
import type { LocalArtifactStore } from './artifacts/local-artifact-store.ts'
import type { ServerConfig } from './config.ts'
import { startWebhookDelivery } from './events/webhook-delivery.ts'
import { createWebhookSecrets } from './events/webhook-secrets.ts'
import type { Send } from './events/webhook-sender.ts'
import { startDataThreads } from './execution/data-threads.ts'
import { createArtifactStreams } from './http/artifact-streams.ts'
import { canonicalUrl } from './http/canonical-url.ts'
import { watchConnections } from './http/connections.ts'
import { answerError } from './http/errors.ts'
import { createEventStream } from './http/event-stream.ts'
import { createHostGuard } from './http/host-guard.ts'
import { createPrometheus } from './http/prometheus.ts'
import { answerUnknown, registerEndpoints } from './http/router.ts'
import { registerProbes, serverInfo } from './http/server-info.ts'
import { registerUiFiles } from './http/ui-files.ts'
import { createWebhookTest } from './http/webhook-test.ts'
import { createReadableLog } from './readable-log.ts'

/** JSON bodies larger than this are refused: the largest sound batch has about 1 MiB. */
const mostJsonBytes = 16 * 1024 * 1024

export interface TrackwayApp {
  /** The HTTP server, for requests in process. */
  readonly http: FastifyInstance
  listen(): Promise<{ url: string }>
  /** Takes no more requests, finishes those it has taken, lets go of the database. */
  close(): Promise<void>
}

/**
 * Puts the server together: the only place that picks concrete stores.
 * @throws StartupError where the database or the artifact folder cannot be used.
 */
export async function createApp(config: ServerConfig): Promise<TrackwayApp> {
  // The writer opens the database while the HTTP server is being loaded: this is what the start waits for.
  const starting = startDataThreads(
    {
      databaseFile: config.databaseFile,
      artifactRoot: config.defaultArtifactRoot,
      truncateLongValues: config.truncateLongValues,
      versionSourcePattern: config.versionSourcePattern,
      webhooks: config.webhooks.rules,
    },
    (what, error) => http.log.error({ err: error }, `${what} failed by a fault of the server`),
  )
  starting.catch(() => {})
  const { fastify, LogController } = await import('fastify')
  const http: FastifyInstance = fastify({
    logger: {
      level: config.logLevel === 'info' ? 'warn' : config.logLevel,
      ...(config.jsonLogs ? {} : { stream: createReadableLog(process.stderr) }),
    },
    // A logger of its own for each request costs more than most requests log.
    childLoggerFactory: (logger) => logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: mostJsonBytes,
    // Artifact paths may be long, and percent-encoding makes them three times as long.
    routerOptions: { maxParamLength: 8192 },
    exposeHeadRoutes: false,
    rewriteUrl: ({ url = '' }) => canonicalUrl(url, config.staticPrefix),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  })
  const connections = watchConnections(http.server)
  const executor = await starting
  const stores: LocalArtifactStore[] = []
  const { operations } = executor
  const { rules, delivery } = config.webhooks
  const secrets = createWebhookSecrets(rules.secretKey)
  let sender: Promise<Send> | undefined
  // Loading TLS would take a tenth of the start: only who sends waits for it.
  const send: Send = async (sending) => {
    sender ??= import('./events/webhook-sender.ts').then(({ createWebhookSender }) =>
      createWebhookSender({ ...rules, timeout: delivery.timeout }),
    )
    return (await sender)(sending)
  }
  try {
    const open = async (folder: string): Promise<LocalArtifactStore> => {
      const opened = await openLocalArtifactStore(folder, (fault) =>
        http.log.error(fault, 'the artifact folder could not be tidied'),
      )
      stores.push(opened)
      return opened
    }
    const store = config.serveArtifacts ? await open(config.artifactsDestination) : undefined
    // Artifacts that clients write to a folder by themselves can still be listed and read here.
    if (isAbsolute(config.defaultArtifactRoot)) await open(config.defaultArtifactRoot)
    const streams = createArtifactStreams({
      store,
      locate: createLocate(store, stores),
      rootOf: (owner) => operations.artifactUri(owner),
      isFramedByAnyone: config.xFrameOptions === 'NONE' || config.disableSecurityMiddleware,
    })

    const events = createEventStream({
      operations,
      onEvents: (listener) => executor.onEvents(listener),
      report: (error) => http.log.error({ err: error }, 'live events failed'),
    })
    // They would never end by themselves.
    http.addHook('preClose', (done) => {
      events.close()
      done()
    })

    http.addHook('onRequest', (_request, reply, done) => {
      if (connections.isClosing) reply.header('connection', 'close')
      done()
    })
    http.addHook('onRequest', createHostGuard(config))
    http.setErrorHandler(answerError)
    if (config.exposePrometheus) await expose(http, config.staticPrefix)
    registerProbes(http, config.staticPrefix)
    registerEndpoints(http, {
      executor,
      streams: {
        ...streams,
        streamEvents: events.handler,
        testWebhook: createWebhookTest({ operations, secrets, send }),
        getServerInfo: serverInfo(),
      },
      staticPrefix: config.staticPrefix,
    })
    const answerPage = registerUiFiles(http, {
      directory: fileURLToPath(new URL('../ui', import.meta.url)),
      staticPrefix: config.staticPrefix,
    })
    const answerOthers = answerUnknown(http)
    http.setNotFoundHandler((request, reply) => answerPage(request, reply) ?? answerOthers(request, reply))
    await http.ready()
  } catch (error) {
    await Promise.all([executor.close(), ...stores.map((store) => store.close())])
    throw error
  }
  const webhooks = startWebhookDelivery({
    operations,
    onEvents: (listener) => executor.onEvents(listener),
    send,
    secrets,
    settings: delivery,
    report: (what, error) => http.log.error({ err: error }, `${what} failed by a fault of the server`),
  })

  return {
    http,
    async listen() {
      const address = await http.listen({ host: config.host, port: config.port })
      return { url: address + config.staticPrefix }
    },
    async close() {
      await Promise.all([connections.drain(async () => await http.close()), webhooks.close()])
      await Promise.all([executor.close(), ...stores.map((store) => store.close())])
    },
  }
}

async function expose(http: FastifyInstance, staticPrefix: string): Promise<void> {
  const prometheus = await createPrometheus()
  http.addHook('onResponse', async (request, reply) => {
    const endpoint = request.routeOptions.config.endpoint ?? (request.is404 ? 'notFound' : 'ui')
    prometheus.observe(endpoint, request.method, reply.statusCode, reply.elapsedTime / 1000)
  })
  http.get(`${staticPrefix}/metrics`, { config: { endpoint: 'prometheus' } }, prometheus.answer)
}
