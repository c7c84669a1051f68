/**
 * Adds to package-lock.json what npm leaves out when the registry at hand lacks a package's binaries for other
 * platforms: without these entries `npm ci` refuses the file, and other platforms get no binary. Run it after
 * `npm install` has changed the file.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly dev?: boolean
}

const path = join(import.meta.dirname, '../package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, object> }
const platform = /[-/](?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>[a-z0-9]+)(?:-(?<abi>[a-z]+))?$/

for (const owner of Object.values<Locked>({ ...lock.packages })) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const { os, cpu, abi } = platform.exec(name)?.groups ?? {}
    if (os === undefined) continue
    lock.packages[`node_modules/${name}`] ??= {
      version,
      cpu: [cpu],
      ...(owner.dev === true ? { dev: true } : {}),
      ...(os === 'linux' ? { libc: [abi?.startsWith('musl') === true ? 'musl' : 'glibc'] } : {}),
      optional: true,
      os: [os],
    }
  }
}

// npm's own order.
const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'))
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
