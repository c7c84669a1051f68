import { isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** More layers of percent-encoding than anybody writes: what has more is not looked into. */
const mostDecodings = 10

interface UriParts {
  /** In lower case; '' where there is none. */
  readonly scheme: string
  /** What stands between `//` and the path. */
  readonly authority: string
  readonly path: string
  /** The path with what follows: query and fragment. */
  readonly rest: string
}

/** A URI's parts as Python's `urlsplit` finds them, by which MLflow and its clients read sources. */
export function splitUri(uri: string): UriParts {
  const text = uri.replace(/^[\p{Control} ]+/u, '').replace(/[\t\r\n]/g, '')
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1] ?? ''
  const behind = scheme === '' ? text : text.slice(scheme.length + 1)
  const authority = /^\/\/([^/?#]*)/.exec(behind)?.[1]
  const rest = authority === undefined ? behind : behind.slice(authority.length + 2)
  return { scheme: scheme.toLowerCase(), authority: authority ?? '', path: /^[^?#]*/.exec(rest)?.[0] ?? '', rest }
}

/** Whether a URI of this scheme names a file of this machine: a path, `file:`, or one with a Windows drive. */
export function isLocal(scheme: string): boolean {
  return scheme.length < 2 || scheme === 'file'
}

/**
 * Whether a URI's path is absolute and normal: no `.` or `..` in it and no zero byte, also not in percent-encoded form,
 * whatever the layers. Stricter than MLflow, which takes `..` between backslashes.
 */
export function hasPlainPath(uri: string): boolean {
  const decoded = decodeWholly(uri)
  if (decoded === null || decoded.includes('\0') || decoded.split(/[\\/]/).includes('..')) return false
  const [first, ...names] = splitUri(decoded).path.split('/')
  return first === '' && names.some((name) => name !== '') && !names.some((name) => name === '.' || name === '..')
}

/** Whether what a URI names is `root` or below it: by whole names, not by the beginning of one. */
export function liesInside(uri: string, root: string): boolean {
  const from = splitUri(uri)
  const to = splitUri(root)
  if (isLocal(from.scheme) && isLocal(to.scheme)) return liesInFolder(uri, root)
  const names = namesOf(from.path)
  const rootNames = namesOf(to.path)
  return (
    from.scheme === to.scheme &&
    from.authority.toLowerCase() === to.authority.toLowerCase() &&
    rootNames.length > 0 &&
    rootNames.every((name, index) => name !== null && name === names[index])
  )
}

function namesOf(path: string): (string | null)[] {
  return path
    .split('/')
    .filter((name) => name !== '')
    .map(decodeWholly)
}

/** Some readers of a path decode it and some do not: it must lie inside for both. */
function liesInFolder(uri: string, root: string): boolean {
  const decoded = decodeWholly(uri)
  const decodedRoot = decodeWholly(root)
  if (decoded === null || decodedRoot === null || decoded.includes('\0')) return false
  return isBelow(localPath(uri), localPath(root)) && isBelow(localPath(decoded), localPath(decodedRoot))
}

function isBelow(path: string | null, folder: string | null): boolean {
  if (path === null || folder === null) return false
  const below = relative(folder, path)
  return !isAbsolute(below) && below !== '..' && !below.startsWith(`..${sep}`)
}

/** Null for a file of another machine, and for `file:relative`, which each reader resolves to another place. */
function localPath(uri: string): string | null {
  const { scheme, path } = splitUri(uri)
  if (scheme !== 'file') return resolve(uri)
  if (!path.startsWith('/')) return null
  try {
    return resolve(fileURLToPath(uri))
  } catch {
    return null
  }
}

/** Null where more is encoded than anybody does. Each layer takes time in proportion to the text. */
function decodeWholly(text: string): string | null {
  let form = text
  for (let round = 0; round < mostDecodings; round++) {
    const decoded = decodePercents(form)
    if (decoded === form) return form
    form = decoded
  }
  return null
}

/** Decodes what is well-formed and leaves any other `%` as it is. */
function decodePercents(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
}
