import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'

import type { ServerConfig } from '../config.ts'
import { hostMatcher, hostOfOrigin, isLocalOrigin, isPrivateHost, originMatcher } from './host-patterns.ts'

export type HostGuardConfig = Pick<
  ServerConfig,
  'allowedHosts' | 'corsAllowedOrigins' | 'disableSecurityMiddleware' | 'host' | 'staticPrefix' | 'xFrameOptions'
>

/** A Fastify onRequest hook. It calls `done` for a request that may go on, and answers any other itself. */
export type HostGuard = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void

// MLflow's sentences, which clients' tests compare.
const invalidHost = 'Invalid Host header - possible DNS rebinding attack detected'
const foreignOrigin = 'Cross-origin request blocked'
const foreignPreflight = 'Disallowed CORS origin'

const allowedMethods = 'GET, POST, PUT, DELETE, OPTIONS, PATCH'
const exposedHeaders = 'Accept-Ranges, Content-Disposition, Content-Range'
const preflightSeconds = '600'

/**
 * Refuses what browsers can be tricked into sending: a Host that is not allowed (DNS rebinding; `/health`,
 * `/ready` and `/version` answer all the same) and, on every method but GET, HEAD and OPTIONS, the Origin of a foreign page.
 * Answers CORS preflights and sets the CORS and security headers. As MLflow's middleware does, but a page of the
 * server's own origin may always write, also where it has a name that is not localhost.
 */
export function createHostGuard(config: HostGuardConfig): HostGuard {
  if (config.disableSecurityMiddleware) return (_request, _reply, done) => done()

  const allowsHost = rememberAllowed(
    config.allowedHosts.length === 0 ? defaultHosts(config.host) : hostMatcher(config.allowedHosts),
  )
  const matchesOrigin = originMatcher(config.corsAllowedOrigins)
  const allowsOrigin = rememberAllowed((origin) => isLocalOrigin(origin) || matchesOrigin(origin))
  const allowsEveryOrigin = config.corsAllowedOrigins.includes('*')
  const frameOptions = config.xFrameOptions === 'NONE' ? undefined : config.xFrameOptions
  const openPaths = ['/health', '/ready', '/version'].map((path) => config.staticPrefix + path)

  return (request, reply, done) => {
    const { method, headers, url } = request.raw
    const { host = '', origin } = headers
    reply.header('x-content-type-options', 'nosniff')
    if (frameOptions !== undefined) reply.header('x-frame-options', frameOptions)

    if (!allowsHost(host) && !isOpenPath(openPaths, url ?? '')) {
      request.log.warn({ host }, 'refused a request whose Host is not allowed; --allowed-hosts lets it in')
      answer(reply, 403, invalidHost)
      return
    }
    if (origin === undefined) {
      done()
      return
    }

    const isAllowed = allowsEveryOrigin || allowsOrigin(origin)
    if (isAllowed) setCorsHeaders(reply, allowsEveryOrigin ? undefined : origin)
    if (method === 'OPTIONS' && headers['access-control-request-method'] !== undefined) {
      answerPreflight(reply, isAllowed, headers['access-control-request-headers'])
      return
    }
    const isSafe = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
    if (!isSafe && !isAllowed && hostOfOrigin(origin) !== host.toLowerCase()) {
      request.log.warn({ origin }, 'refused a write of a foreign page; --cors-allowed-origins lets it in')
      answer(reply, 403, foreignOrigin)
      return
    }
    done()
  }
}

/** localhost, private addresses, and the name under which the server listens where it is a particular one. */
function defaultHosts(listenHost: string): (host: string) => boolean {
  const isOwnName = hostMatcher([listenHost.includes(':') ? `[${listenHost}]` : listenHost])
  return (host) => isPrivateHost(host) || isOwnName(host)
}

/**
 * Keeps a few allowed values, so that the usual client costs one comparison; refused ones cannot push them out.
 * A name has at most 253 characters: longer values are refused before patterns with several stars grow slow on them.
 */
function rememberAllowed(allows: (value: string) => boolean): (value: string) => boolean {
  const limit = 256
  const maxLength = 300
  const allowed = new Set<string>()
  let last: string | undefined
  return (value) => {
    if (value === last) return true
    if (!allowed.has(value)) {
      if (value.length > maxLength || !allows(value)) return false
      if (allowed.size >= limit) allowed.clear()
      allowed.add(value)
    }
    last = value
    return true
  }
}

function isOpenPath(paths: readonly string[], url: string): boolean {
  const end = url.indexOf('?')
  return paths.includes(end === -1 ? url : url.slice(0, end))
}

/** @param origin the one to allow with credentials; undefined to allow all without them. */
function setCorsHeaders(reply: FastifyReply, origin: string | undefined): void {
  reply.header('access-control-allow-origin', origin ?? '*')
  reply.header('access-control-expose-headers', exposedHeaders)
  if (origin === undefined) return
  reply.header('access-control-allow-credentials', 'true')
  reply.header('vary', 'Origin')
}

function answerPreflight(reply: FastifyReply, isAllowed: boolean, requestedHeaders: string | undefined): void {
  if (!isAllowed) {
    answer(reply, 400, foreignPreflight)
    return
  }
  reply.header('access-control-allow-methods', allowedMethods)
  reply.header('access-control-max-age', preflightSeconds)
  if (requestedHeaders !== undefined) reply.header('access-control-allow-headers', requestedHeaders)
  reply.header('vary', 'Origin, Access-Control-Request-Headers')
  answer(reply, 200, 'OK')
}

function answer(reply: FastifyReply, status: number, message: string): void {
  void reply.code(status).type('text/plain; charset=utf-8').send(message)
}
