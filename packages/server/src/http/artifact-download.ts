import { ApiError } from '@trackway/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import type { ArtifactStore, OpenArtifact } from '../artifacts/artifact-store.ts'
import { letGo } from '../artifacts/let-go.ts'
import { mediaType } from '../artifacts/media-type.ts'
import { byteRange } from './byte-range.ts'
import { contentDisposition } from '../artifacts/content-disposition.ts'

/** What tells a browser what to do with a file. */
interface Presentation {
  readonly 'content-type': string
  readonly 'content-disposition': string
  readonly 'content-security-policy'?: string
  readonly 'referrer-policy'?: string
}

/** With any of these there may be less to send than the whole file. */
const conditions = ['range', 'if-range', 'if-none-match', 'if-modified-since']

/**
 * Answers with a file. It is an attachment unless `presentation` says otherwise: shown by a browser under the server's own
 * origin it could act there. One byte range, If-Range, If-None-Match and If-Modified-Since are honoured.
 */
export async function sendArtifact(
  request: FastifyRequest,
  reply: FastifyReply,
  store: ArtifactStore,
  path: string,
  presentation: Presentation = asAttachment(path),
): Promise<FastifyReply> {
  const file = await store.open(path, {
    isWhole: request.method === 'GET' && !conditions.some((name) => name in request.headers),
  })
  try {
    return await sendOpen(request, reply, file, path, presentation)
  } catch (error) {
    await file.close()
    throw error
  }
}

function asAttachment(path: string): Presentation {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return { 'content-type': mediaType(name), 'content-disposition': contentDisposition('attachment', name) }
}

async function sendOpen(
  request: FastifyRequest,
  reply: FastifyReply,
  file: OpenArtifact,
  path: string,
  presentation: Presentation,
): Promise<FastifyReply> {
  const { headers } = request
  const etag = `"${file.etag}"`
  const modified = new Date(file.modifiedTimeMs).toUTCString()

  if (isUnchanged(headers['if-none-match'], headers['if-modified-since'], etag, modified)) {
    await file.close()
    return reply.code(304).headers({ etag, 'last-modified': modified }).send()
  }

  const condition = headers['if-range']
  const wantsRange = condition === undefined || condition === etag || condition === modified
  const range = byteRange(wantsRange ? headers.range : undefined, file.size)
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.size}`)
    throw new ApiError(
      'RANGE_NOT_SATISFIABLE',
      `The range '${headers.range?.slice(0, 100)}' lies outside the file '${path}' of ${file.size} bytes.`,
    )
  }

  const length = range ? range.end - range.start + 1 : file.size
  const isHead = request.method === 'HEAD'
  const body = isHead ? undefined : await file.body(range)
  if (isHead) await file.close()
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.size}`)
  reply.headers({
    ...presentation,
    'content-length': length,
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    etag,
    'last-modified': modified,
  })
  if (body instanceof Readable) letGoOfSent(reply)
  // Fastify takes the length of anything but a stream as the file's.
  return reply.send(body ?? Readable.from([]))
}

/** Pieces of a large file need not wait for the garbage collector. */
function letGoOfSent({ raw }: FastifyReply): void {
  const write = raw.write.bind(raw)
  raw.write = (piece: Uint8Array) => write(piece, () => letGo(piece))
}

function isUnchanged(
  ifNoneMatch: string | undefined,
  ifModifiedSince: string | undefined,
  etag: string,
  modified: string,
): boolean {
  if (ifNoneMatch !== undefined) {
    const known = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
    return known.includes(etag) || known.includes('*')
  }
  return ifModifiedSince !== undefined && Date.parse(ifModifiedSince) >= Date.parse(modified)
}
