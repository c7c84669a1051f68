import { ApiError } from '@trackway/api'
import { Readable } from 'node:stream'

import { StartupError } from '../startup-error.ts'
import type { ArtifactEntry, ArtifactStore, ByteRange, OpenArtifact } from './artifact-store.ts'
import { createHttpClient } from './http-client.ts'
import type { Environment, HttpReply } from './http-client.ts'
import { httpFault, httpRefusal } from './http-fault.ts'
import { isFolder } from './storage-fault.ts'

const proxyAnchor = '/mlflow-artifacts/artifacts'
const readOnly =
  'Artifacts below an http:// or https:// root can only be read. ' +
  'Give the server a folder or an object store to write to (--artifacts-destination).'

/**
 * Opens what a web server has below a URL as an artifact store that can only be read: the artifact proxy of an MLflow or
 * Trackway server, or plain files, which such a server cannot list. Nothing outside the URL is ever asked for.
 * @throws StartupError where the URL or a variable of the environment cannot be understood.
 */
export async function openHttpArtifactStore(uri: string, env: Environment): Promise<ArtifactStore> {
  const root = rootOf(uri)
  const listing = listingOf(root)
  const client = createHttpClient(root, env)
  const refuse = async (): Promise<never> => {
    throw new ApiError('NOT_IMPLEMENTED', readOnly)
  }

  return {
    put: refuse,
    open: async (path) => await guarded(path, async () => await open(path)),
    list: async (folder) => await guarded(folder, async () => await list(folder)),
    delete: refuse,
    createMultipart: refuse,
    uploadPart: refuse,
    completeMultipart: refuse,
    abortMultipart: refuse,
    check: async (signal) => await guarded('', async () => await check(signal)),
    close: async () => client.close(),
  }

  async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw httpFault(error, path, root)
    }
  }

  function addressOf(path: string): URL {
    const names = path.split('/').map(encodeURIComponent)
    const address = new URL(`${root.href.replace(/\/$/, '')}/${names.join('/')}`)
    // Paths come without '..'; should one ever get here, it must not lead out.
    if (!address.href.startsWith(`${root.href.replace(/\/$/, '')}/`)) throw httpRefusal(404, path, root)
    return address
  }

  async function open(path: string): Promise<OpenArtifact> {
    const { status, headers, location } = await look(path)
    if (status >= 400 && status !== 401 && status !== 403 && status !== 429 && listing) {
      if ((await entriesOf(path)).length > 0) throw isFolder(path)
    }
    if (status !== 200 && status !== 206) throw httpRefusal(status, path, root)
    // Servers of files lead from a folder's name to the same with a slash.
    if (location.pathname.endsWith('/')) throw isFolder(path)
    const size = sizeIn({ status, headers }) ?? (await listedSize(path))
    if (size === undefined) {
      throw new ApiError('NOT_IMPLEMENTED', `The web server of '${path}' does not tell its size, so it cannot be read.`)
    }
    const version = { etag: headers.etag, modified: headers['last-modified'] }
    const modifiedTimeMs = Date.parse(version.modified ?? '') || 0
    return {
      size,
      modifiedTimeMs,
      etag:
        version.etag?.replace(/^W\//, '').replaceAll('"', '') ?? `${modifiedTimeMs.toString(36)}-${size.toString(36)}`,
      body: async (range) => await guarded(path, async () => await body(path, size, version, range)),
      close: async () => {},
    }
  }

  /** What a server says of a file; one that knows no HEAD is asked for the first byte. */
  async function look(path: string): Promise<HttpReply> {
    const head = await client.request('HEAD', addressOf(path))
    head.body.resume()
    if (head.status !== 405 && head.status !== 501) return head
    const first = await client.request('GET', addressOf(path), { range: 'bytes=0-0' })
    first.body.destroy()
    // No byte of an empty file can be asked for.
    return first.status === 416
      ? { ...first, status: 200, headers: { ...first.headers, 'content-length': '0' } }
      : first
  }

  async function body(
    path: string,
    size: number,
    { etag, modified }: { readonly etag: string | undefined; readonly modified: string | undefined },
    range?: ByteRange,
  ): Promise<Readable | Uint8Array> {
    if (size === 0) return new Uint8Array()
    const { start, end } = range ?? { start: 0, end: size - 1 }
    const isStrong = etag !== undefined && !etag.startsWith('W/')
    const reply = await client.request('GET', addressOf(path), {
      ...(range ? { range: `bytes=${start}-${end}` } : {}),
      ...(isStrong ? { 'if-match': etag } : {}),
    })
    const { status, headers } = reply
    const refuse = (error: Error): never => {
      reply.body.destroy()
      throw error
    }
    if (status !== 200 && status !== 206) return refuse(httpRefusal(status, path, root))
    // Not every server heeds the condition, and of a file that was replaced meanwhile nothing may be sent.
    const told = sizeIn(reply)
    if (headers.etag !== etag || headers['last-modified'] !== modified || (told !== undefined && told !== size)) {
      return refuse(httpRefusal(412, path, root))
    }
    const isPart = status === 206
    if (headers['content-encoding'] || (isPart && !headers['content-range']?.startsWith(`bytes ${start}-${end}/`))) {
      const message = `The artifact store gave other bytes of '${path}' than asked for.`
      return refuse(new ApiError('TEMPORARILY_UNAVAILABLE', message))
    }
    // Node sees to it that what has a length comes whole.
    if (told !== undefined && (isPart || end - start + 1 === size)) return reply.body
    const offset = isPart ? start : 0
    return Readable.from(cut(reply.body, start - offset, end - start + 1, path), { objectMode: false })
  }

  async function* cut(given: Readable, skip: number, length: number, path: string): AsyncGenerator<Uint8Array> {
    let at = 0
    for await (const chunk of given as AsyncIterable<Uint8Array>) {
      const part = chunk.subarray(Math.max(0, skip - at), Math.max(0, skip + length - at))
      at += chunk.byteLength
      if (part.byteLength > 0) yield part
      if (at > skip + length) return
    }
    if (at < skip + length) {
      throw new ApiError('TEMPORARILY_UNAVAILABLE', `The artifact store broke off '${path}' before its end; try again.`)
    }
  }

  async function list(folder: string): Promise<ArtifactEntry[]> {
    if (listing) return await entriesOf(folder)
    throw new ApiError(
      'NOT_IMPLEMENTED',
      `The files below ${root.href} cannot be listed: only artifact proxies of MLflow or Trackway servers ` +
        `(a URL with ${proxyAnchor} in it) tell what they have.`,
    )
  }

  async function entriesOf(folder: string, signal?: AbortSignal): Promise<ArtifactEntry[]> {
    if (!listing) return []
    const address = new URL(listing.address)
    address.searchParams.set('path', [listing.folder, folder].filter(Boolean).join('/'))
    const reply = await client.request('GET', address, { accept: 'application/json' }, signal)
    if (reply.status === 404) {
      reply.body.resume()
      return []
    }
    if (reply.status !== 200) {
      reply.body.destroy()
      throw httpRefusal(reply.status, folder, root)
    }
    const entries = entriesIn(await client.json(reply))
    const own = folder.slice(folder.lastIndexOf('/') + 1)
    // MLflow lists a file as if it were a folder with itself in it.
    const isFile = entries.length === 1 && folder !== '' && entries[0]?.isFolder === false && entries[0].name === own
    return isFile && !(await isIn(folder)) ? [] : entries
  }

  /** Whether `folder` has a file of its own name in it, instead of being that file. */
  async function isIn(folder: string): Promise<boolean> {
    const name = folder.slice(folder.lastIndexOf('/') + 1)
    const reply = await client.request('HEAD', addressOf(`${folder}/${name}`))
    reply.body.resume()
    return reply.status === 200
  }

  async function listedSize(path: string): Promise<number | undefined> {
    const slash = path.lastIndexOf('/')
    const entries = await entriesOf(path.slice(0, Math.max(0, slash)))
    return entries.find(({ name, isFolder: isOne }) => !isOne && name === path.slice(slash + 1))?.size
  }

  async function check(signal: AbortSignal): Promise<void> {
    if (listing) return void (await entriesOf('', signal))
    const { status, body: answer } = await client.request('HEAD', root, {}, signal)
    answer.resume()
    // What a server of files says of a folder is its own affair.
    if (status === 401 || status >= 500) throw httpRefusal(status, '', root)
  }
}

function rootOf(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  if (!url || url.hostname === '' || url.search !== '' || url.hash !== '') {
    throw new StartupError(`'${uri}' names no place on a web server. Give http://host/folder, without ? or #.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new StartupError(
      `Artifact roots are shown to users, so the URL for ${url.host} must not have a password in it. ` +
        'Give MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD in the environment.',
    )
  }
  return url
}

/** Where an artifact proxy lists what it has, and the root's own folder there. */
function listingOf(root: URL): { readonly address: URL; readonly folder: string } | undefined {
  const at = root.pathname.indexOf(proxyAnchor)
  const end = at + proxyAnchor.length
  if (at < 0 || !['/', undefined].includes(root.pathname[end])) return undefined
  const names = root.pathname.slice(end).split('/').filter(Boolean)
  return { address: new URL(root.pathname.slice(0, end), root), folder: names.map(decodeURIComponent).join('/') }
}

/** Bytes of the whole file, where the reply tells. */
function sizeIn({ status, headers }: Pick<HttpReply, 'status' | 'headers'>): number | undefined {
  const told = status === 206 ? /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1] : headers['content-length']
  return told === undefined ? undefined : Number(told)
}

/** As `{"files": [{"path": …, "is_dir": …, "file_size": …}]}`, of which each path is a name here. */
function entriesIn(reply: unknown): ArtifactEntry[] {
  const { files = [] } = (reply ?? {}) as { files?: readonly Record<string, unknown>[] }
  const entries = files.map(({ path, is_dir: isOne, file_size: size }): ArtifactEntry => {
    const name = String(path).replace(/\/+$/, '')
    return isOne === true ? { name, isFolder: true } : { name, isFolder: false, size: Number(size ?? 0) }
  })
  const named = entries.filter(({ name }) => name !== '' && name !== '.' && name !== '..' && !/[/\\]/.test(name))
  return named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
