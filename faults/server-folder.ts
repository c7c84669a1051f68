import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { launchServer } from '../conformance/start-server.ts'
import type { LaunchOptions, ServerProcess } from '../conformance/start-server.ts'

/** A folder whose servers and mounts go with it, however the test ends. */
export interface ServerFolder extends AsyncDisposable {
  readonly path: string
  /** The store that a server makes here unless told otherwise. */
  readonly databaseFile: string
  launch(options?: LaunchOptions): ServerProcess
  /** A file system of its own in a folder here, or why this machine does not give one. */
  mountSmall(name: string, kilobytes: number): { readonly path: string } | { readonly unavailable: string }
}

export function serverFolder(): ServerFolder {
  const path = mkdtempSync(join(tmpdir(), 'trackway-faults-'))
  const servers: ServerProcess[] = []
  const mounts: string[] = []
  return {
    path,
    databaseFile: join(path, 'trackway-data/trackway.db'),
    launch(options) {
      const server = launchServer(path, options)
      servers.push(server)
      return server
    },
    mountSmall(name, kilobytes) {
      const target = join(path, name)
      const options = ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', target]
      spawnSync('mkdir', [target])
      const { status, stderr, error } = spawnSync('mount', options, { encoding: 'utf8' })
      if (status !== 0) {
        return { unavailable: `mounting a small file system needs root: ${error?.message ?? stderr.trim()}` }
      }
      mounts.push(target)
      return { path: target }
    },
    async [Symbol.asyncDispose]() {
      for (const { child, ended } of servers) {
        child.kill('SIGKILL')
        await ended
      }
      for (const target of mounts) spawnSync('umount', [target])
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/** What SQLite itself says of a store's file: 'ok' where it is sound. */
export function integrityOf(databaseFile: string): unknown {
  const database = new DatabaseSync(databaseFile, { readOnly: true })
  try {
    return database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  } finally {
    database.close()
  }
}
