import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

export interface UiFilesOptions {
  /** The folder that the UI was built into. Where it is absent, the start page says how to build it. */
  readonly directory: string
  /** What stands before every path, such as `/trackway`; empty for the root. */
  readonly staticPrefix: string
}

interface UiFile {
  readonly path: string
  readonly type: string
  readonly size: number
  readonly etag: string
  /** Its compressed twins, which the build wrote beside it. */
  readonly encodings: readonly { readonly name: string; readonly path: string; readonly size: number }[]
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

// The page runs its own files and talks to its own server. Who may frame it is the host guard's to say.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  // Artifacts are shown in frames, each with a policy of its own.
  "frame-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
].join('; ')

const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
}

const apiPath = /^(ajax-)?api(\/|$)/

const notBuilt =
  '<!doctype html><meta charset="utf-8"><title>Trackway</title>' +
  "<p>Trackway's API is running. Its user interface has not been built: run <code>npm run build</code>.</p>"

/** Answers a browser that opens a page's address; undefined where the request is for no page. */
export type AnswerPage = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined

/**
 * Serves the built UI: `/` and its files.
 * @returns what answers other addresses with the start page, for the not-found handler: a route for any path would
 * hide from the router which paths it has.
 */
export function registerUiFiles(app: FastifyInstance, { directory, staticPrefix }: UiFilesOptions): AnswerPage {
  // The list is made once, so no request can name a file outside of it.
  const files = readUiFiles(directory)
  const indexPath = join(directory, 'index.html')
  const index = existsSync(indexPath) ? readFileSync(indexPath, 'utf8') : notBuilt
  files.delete('index.html')

  const root = `${staticPrefix}/`
  const options = { exposeHeadRoute: true }
  app.get(root, options, async (request, reply) => sendIndex(request, reply, index, ''))
  for (const [name, file] of files) {
    app.get(root + name, options, async (request, reply) => sendFile(request, reply, file))
  }
  if (staticPrefix !== '') app.get(staticPrefix, options, async (_request, reply) => reply.redirect(root, 308))

  return (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    if (!path.startsWith(root) || !/^(GET|HEAD)$/.test(request.method) || !acceptsHtml(request)) return undefined
    const page = path.slice(root.length)
    return apiPath.test(page) ? undefined : sendIndex(request, reply, index, page)
  }
}

function readUiFiles(directory: string): Map<string, UiFile> {
  const paths = existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: 'utf8' }) : []
  const files = new Map<string, UiFile>()
  for (const name of paths) {
    const path = join(directory, name)
    const type = types[extname(name)]
    if (type === undefined || !statSync(path).isFile()) continue
    files.set(name.replaceAll('\\', '/'), {
      path,
      type,
      size: statSync(path).size,
      etag: etagOf(readFileSync(path)),
      encodings: encodings
        .map(([encoding, suffix]) => ({ name: encoding, path: path + suffix }))
        .filter((twin) => existsSync(twin.path))
        .map((twin) => ({ ...twin, size: statSync(twin.path).size })),
    })
  }
  return files
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: UiFile): FastifyReply {
  const accepted = acceptedEncodings(request)
  const chosen = file.encodings.find(({ name }) => accepted.has(name))
  const etag = chosen ? file.etag.replace(/"$/, `-${chosen.name}"`) : file.etag
  // The build puts a file's hash into its name.
  reply.headers({
    ...securityHeaders,
    etag,
    vary: 'accept-encoding',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  if (isUnchanged(request, etag)) return reply.code(304).send()
  if (chosen) reply.header('content-encoding', chosen.name)
  const { path, size } = chosen ?? file
  reply.type(file.type).header('content-length', size)
  return reply.send(createReadStream(path))
}

/** The start page names its files relative to the UI's root, which lies above a deeper address. */
function sendIndex(request: FastifyRequest, reply: FastifyReply, index: string, path: string): FastifyReply {
  const depth = path.split('/').length - 1
  const page = depth === 0 ? index : index.replace('<head>', `<head><base href="${'../'.repeat(depth)}" />`)
  const etag = etagOf(page)
  reply.headers({ ...securityHeaders, etag, 'cache-control': 'no-cache' })
  if (isUnchanged(request, etag)) return reply.code(304).send()
  return reply.type('text/html; charset=utf-8').send(page)
}

function etagOf(content: string | Buffer): string {
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
}

function isUnchanged(request: FastifyRequest, etag: string): boolean {
  const known = request.headers['if-none-match']
  return known !== undefined && known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
}

function acceptsHtml(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') === true
}

function acceptedEncodings(request: FastifyRequest): Set<string> {
  const header = request.headers['accept-encoding'] ?? ''
  const offers = String(header)
    .split(',')
    .map((offer) => offer.trim().split(/\s*;\s*/))
  return new Set(offers.filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? '')).map(([name = '']) => name))
}
