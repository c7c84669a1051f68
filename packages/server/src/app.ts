import { ApiError } from '@trackway/api'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Socket } from 'node:net'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'

import { createLocate } from './artifacts/artifact-location.ts'
import { openArtifactRoots } from './artifacts/open-artifact-roots.ts'
import type { ArtifactRoots } from './artifacts/open-artifact-roots.ts'
import type { ServerConfig } from './config.ts'
import { createLease } from './events/lease.ts'
import { startWebhookDelivery } from './events/webhook-delivery.ts'
import { createWebhookSecrets } from './events/webhook-secrets.ts'
import type { Send } from './events/webhook-sender.ts'
import { startDataThreads } from './execution/data-threads.ts'
import type { Executor, Readiness } from './execution/executor.ts'
import type { ReportFault } from './execution/perform.ts'
import { createArtifactStreams } from './http/artifact-streams.ts'
import { canonicalUrl } from './http/canonical-url.ts'
import { watchConnections } from './http/connections.ts'
import { answerError } from './http/errors.ts'
import { createEventStream } from './http/event-stream.ts'
import { createHostGuard } from './http/host-guard.ts'
import { emptyReport } from './http/metrics-report.ts'
import type { MetricsReport } from './http/metrics-report.ts'
import { createPrometheus } from './http/prometheus.ts'
import type { Prometheus, Siblings } from './http/prometheus.ts'
import { answerUnknown, registerEndpoints } from './http/router.ts'
import { registerProbes, serverInfo } from './http/server-info.ts'
import { registerUiFiles } from './http/ui-files.ts'
import { createWebhookTest } from './http/webhook-test.ts'
import { createReadableLog } from './readable-log.ts'
import { boundYoungGeneration } from './young-generation.ts'

/** JSON bodies larger than this are refused: the largest sound batch has about 1 MiB. */
const mostJsonBytes = 16 * 1024 * 1024

export interface TrackwayApp {
  /** The HTTP server, for requests in process. */
  readonly http: FastifyInstance
  listen(): Promise<{ url: string }>
  /** Serves a connection that another process took. */
  accept(socket: Socket): void
  /** Ends so many connections, each with its next reply. */
  shed(count: number): void
  /** Whether requests can be answered now. */
  readiness(): Readiness
  /** What was counted so far, for the metrics of all processes together. */
  metricsReport(): Promise<MetricsReport>
  /** Goes on serving, but tells load balancers, and with each reply the client, to go elsewhere. */
  retire(): void
  /**
   * Takes no more requests, finishes those it has taken, lets go of the database.
   * @param idleTime how long, in ms, connections may be silent before they are closed; another call may shorten it.
   */
  close(idleTime?: number): Promise<void>
}

/**
 * Puts the server together: the only place that picks concrete stores.
 * @param siblings the other processes of the server, where it has several.
 * @throws StartupError where the database or the artifact folder cannot be used.
 */
export async function createApp(config: ServerConfig, siblings?: Siblings): Promise<TrackwayApp> {
  boundYoungGeneration()
  // The writer opens the database while the HTTP server is being loaded: this is what the start waits for.
  const { promise: logging, resolve: beginLogging } = Promise.withResolvers<FastifyBaseLogger>()
  const report: ReportFault = (what, error) =>
    void logging.then((log) => log.error({ err: error }, `${what} failed by a fault of the server`))
  const starting = startExecutor(config, report, (sentence) => void logging.then((log) => log.warn(sentence)))
  starting.catch(() => {})
  const { fastify, LogController } = await import('fastify')
  const http: FastifyInstance = fastify({
    logger: {
      level: config.logLevel === 'info' ? 'warn' : config.logLevel,
      ...(config.jsonLogs ? {} : { stream: createReadableLog(process.stderr) }),
      ...(siblings ? { base: { pid: process.pid, hostname: hostname(), worker: siblings.slot } } : {}),
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
  beginLogging(http.log)
  const connections = watchConnections(http.server)
  const executor = await starting
  let artifacts: ArtifactRoots | undefined
  const { operations } = executor
  const { rules, delivery } = config.webhooks
  const secrets = createWebhookSecrets(rules.secretKey)
  let sender: Promise<Send> | undefined
  let prometheus: Prometheus | undefined
  let endEvents = (): void => {}
  let isRetiring = false
  let closing: Promise<void> | undefined
  // Loading TLS would take a tenth of the start: only who sends waits for it.
  const send: Send = async (sending) => {
    sender ??= import('./events/webhook-sender.ts').then(({ createWebhookSender }) =>
      createWebhookSender({ ...rules, timeout: delivery.timeout }),
    )
    return (await sender)(sending)
  }
  try {
    artifacts = await openArtifactRoots(config, process.env, (fault, what) => http.log.error({ err: fault }, what))
    const streams = createArtifactStreams({
      store: artifacts.proxied,
      locate: createLocate(artifacts.proxied, artifacts.roots),
      direct: config.directTransfers ? { downloadSeconds: config.presignedDownloadSeconds } : undefined,
      rootOf: (owner) => operations.artifactUri(owner),
      isFramedByAnyone: config.xFrameOptions === 'NONE' || config.disableSecurityMiddleware,
    })

    const events = createEventStream({
      operations,
      onEvents: (listener) => executor.onEvents(listener),
      report(error) {
        // A database that is away is told of once, elsewhere.
        if (!(error instanceof ApiError)) http.log.error({ err: error }, 'live events failed')
      },
    })
    // They would never end by themselves.
    endEvents = () => events.close()

    http.addHook('onRequest', (_request, reply, done) => {
      if (connections.isLast()) reply.header('connection', 'close')
      done()
    })
    http.addHook('onRequest', createHostGuard(config))
    http.setErrorHandler(answerError)
    if (config.exposePrometheus) {
      prometheus = await createPrometheus(siblings)
      expose(http, config.staticPrefix, prometheus)
    }
    registerProbes(http, config.staticPrefix, readiness)
    registerEndpoints(http, {
      executor,
      streams: {
        ...streams,
        streamEvents: events.handler,
        testWebhook: createWebhookTest({ operations, secrets, send }),
        getServerInfo: serverInfo(config.directTransfers && artifacts.proxied?.presigning !== undefined),
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
    await Promise.all([executor.close(), artifacts?.close()])
    throw error
  }
  const webhooks = startWebhookDelivery({
    operations,
    onEvents: (listener) => executor.onEvents(listener),
    send,
    secrets,
    settings: delivery,
    lease: config.database.engine === 'postgres' ? createLease(operations, 'webhooks') : undefined,
    report,
  })

  return {
    http,
    async listen() {
      const address = await http.listen({ host: config.host, port: config.port })
      return { url: address + config.staticPrefix }
    },
    accept: (socket) => connections.accept(socket),
    shed: (count) => connections.shed(count),
    readiness,
    metricsReport: async () => (await prometheus?.report()) ?? emptyReport(),
    retire() {
      isRetiring = true
      connections.retire()
    },
    close(idleTime = 0) {
      connections.retire(idleTime)
      closing ??= close()
      return closing
    },
  }

  function readiness(): Readiness {
    return isRetiring ? { ready: false, reason: 'The server is being stopped.' } : executor.readiness()
  }

  async function close(): Promise<void> {
    endEvents()
    await Promise.all([connections.drain(async () => await http.close()), webhooks.close()])
    await Promise.all([executor.close(), artifacts?.close()])
  }
}

/** Threads over an embedded database, or this process over one on the network, whose code is loaded only then. */
async function startExecutor(
  config: ServerConfig,
  report: ReportFault,
  note: (sentence: string) => void,
): Promise<Executor> {
  const { database } = config
  const options = {
    artifactRoot: config.defaultArtifactRoot,
    truncateLongValues: config.truncateLongValues,
    versionSourcePattern: config.versionSourcePattern,
    webhooks: config.webhooks.rules,
  }
  if (database.engine === 'sqlite') return startDataThreads({ ...options, database }, report)
  const { startNetworkExecutor } = await import('./execution/network-executor.ts')
  return startNetworkExecutor({ ...options, database, poolSize: config.databasePoolSize }, report, note)
}

function expose(http: FastifyInstance, staticPrefix: string, prometheus: Prometheus): void {
  http.addHook('onResponse', async (request, reply) => {
    const endpoint = request.routeOptions.config.endpoint ?? (request.is404 ? 'notFound' : 'ui')
    prometheus.observe(endpoint, request.method, reply.statusCode, reply.elapsedTime / 1000)
  })
  http.get(`${staticPrefix}/metrics`, { config: { endpoint: 'prometheus' } }, prometheus.answer)
}
