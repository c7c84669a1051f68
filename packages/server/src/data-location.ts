import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { artifactSchemes } from './artifacts/open-artifact-store.ts'
import { UsageError } from './flags.ts'

/** Where the records lie. */
export type DatabaseLocation =
  | { readonly engine: 'sqlite'; /** An absolute path. */ readonly file: string }
  | { readonly engine: 'postgres'; /** As libpq takes it, password included. */ readonly url: string }

/** A location as it may be shown: without the password. */
export function describeDatabase(location: DatabaseLocation): string {
  return location.engine === 'sqlite' ? location.file : withoutPassword(location.url)
}

/**
 * The database that a backend store URI names. For PostgreSQL takes libpq's URIs, with or without SQLAlchemy's driver
 * (`postgresql+psycopg2://user:password@host/database?sslmode=require`). For SQLite takes what MLflow's servers take for SQLite
 * (`sqlite:///relative.db`, `sqlite:////absolute.db`, with or without a driver) and a plain path that ends in .db,
 * .sqlite or .sqlite3.
 * @param source the flag or variable it came from, for the error.
 * @throws UsageError for any other store.
 */
export function databaseOf(uri: string, source: string, cwd: string): DatabaseLocation {
  const scheme = schemeOf(uri)
  if (scheme !== undefined && /^postgres(ql)?(\+[a-z0-9_]+)?$/.test(scheme)) {
    return { engine: 'postgres', url: postgresUrlOf(uri, source) }
  }
  return { engine: 'sqlite', file: databaseFileOf(uri, source, cwd) }
}

function postgresUrlOf(uri: string, source: string): string {
  const url = `postgresql${uri.slice(uri.indexOf('://'))}`
  const parsed = URL.parse(url)
  if (!uri.includes('://') || !parsed || (parsed.pathname.length < 2 && !parsed.searchParams.has('dbname'))) {
    throw new UsageError(
      `${source} '${withoutPassword(uri)}': a PostgreSQL URI names host and database: ` +
        'postgresql://user:password@host:5432/database. Characters such as @ and / in a password are percent-encoded.',
    )
  }
  return parsed.href
}

function databaseFileOf(uri: string, source: string, cwd: string): string {
  const scheme = schemeOf(uri)
  const refuse = (why: string): UsageError => new UsageError(`${source} '${withoutPassword(uri)}': ${why}`)
  const takes =
    'Give an SQLite file, such as sqlite:///trackway.db, or a PostgreSQL URI, postgresql://user@host/database.'

  if (scheme === undefined) {
    if (/\.(db|sqlite|sqlite3)$/i.test(uri)) return resolve(cwd, uri)
    throw refuse(`folders of files (as ./mlruns) are not a store here. ${takes}`)
  }
  if (scheme === 'sqlite' || scheme.startsWith('sqlite+')) {
    const rest = uri.slice(scheme.length + 1)
    const file = /^\/\/\/([^?]*)/.exec(rest)?.[1] ?? ''
    if (file !== '' && !file.startsWith(':memory:') && !file.startsWith('file:')) return resolve(cwd, file)
    if (/^(\/\/\/?)?(\?.*)?$/.test(rest) || file.startsWith(':memory:') || rest.startsWith('//:memory:')) {
      throw refuse(`a database in memory would be lost when the server stops. ${takes}`)
    }
    throw refuse(
      'an SQLite URI has three slashes before a relative path and four before an absolute one: sqlite:///trackway.db.',
    )
  }
  if (scheme === 'file') throw refuse(`folders of files (as ./mlruns) are not a store here. ${takes}`)
  if (scheme === 'http' || scheme === 'https') {
    throw refuse(`this is a tracking server's address, which clients use; a server needs a store. ${takes}`)
  }
  throw refuse(`stores of the kind '${scheme}' are not supported. ${takes}`)
}

/**
 * Where the server keeps the artifacts that pass through it: the absolute path of a folder, or the URI of a store.
 * @throws UsageError for a store of an unknown kind.
 */
export function artifactDestinationOf(uri: string, source: string, cwd: string): string {
  const folder = localPathOf(uri, cwd)
  if (folder !== undefined) return folder
  const scheme = schemeOf(uri) ?? ''
  if (artifactSchemes.includes(scheme)) return uri
  const kinds = artifactSchemes.map((known) => `${known}://`).join(', ')
  throw new UsageError(
    `${source} '${withoutPassword(uri)}': artifact stores of the kind '${scheme}' are not supported. ` +
      `Give a folder, such as ./artifacts, or a store: ${kinds}.`,
  )
}

/** An artifact root that clients are given: a folder becomes an absolute path, any other URI stays as it is. */
export function artifactRootOf(uri: string, cwd: string): string {
  return schemeOf(uri) === undefined ? resolve(cwd, uri) : uri
}

/** The absolute path that a path or `file:` URI names; undefined for any other URI and for a file of another machine. */
function localPathOf(uri: string, cwd: string): string | undefined {
  const scheme = schemeOf(uri)
  if (scheme === undefined) return resolve(cwd, uri)
  if (scheme !== 'file') return undefined
  if (!uri.startsWith('file:/')) return resolve(cwd, decodeURIComponent(uri.slice('file:'.length)))
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}

/** A URI's scheme in small letters; a single letter is a Windows drive, not a scheme. */
function schemeOf(uri: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase()
}

function withoutPassword(uri: string): string {
  return uri.replace(/(:\/\/[^/@:]*):[^/]*@/, '$1:***@')
}
