import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { StartupError, toStartupError } from './startup-error.ts'

const places = { host: '127.0.0.1', port: 5000, artifactsDestination: '/srv/artifacts' }

function listen(options: { host: string; port: number }): Promise<{ port: number; close: () => void }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(options, () => resolve({ port: (server.address() as AddressInfo).port, close: () => server.close() }))
  })
}

const failureOf = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing failed')
}

describe('toStartupError', () => {
  it('tells that the port is in use', async () => {
    const other = await listen({ host: '127.0.0.1', port: 0 })
    const error = await failureOf(() => listen({ host: '127.0.0.1', port: other.port }))
    other.close()
    expect(toStartupError(error, { ...places, port: other.port })?.message).toContain(
      `Port ${other.port} on 127.0.0.1 is in use`,
    )
  })

  it('tells that the machine has no such address', async () => {
    const error = await failureOf(() => listen({ host: '192.0.2.1', port: 0 }))
    expect(toStartupError(error, { ...places, host: '192.0.2.1' })?.message).toContain('no network address 192.0.2.1')
  })

  it('names the path where a file stands in the way of a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trackway-startup-'))
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const error = await failureOf(() => mkdir(join(file, 'artifacts'), { recursive: true }))
    rmSync(folder, { recursive: true })
    expect(toStartupError(error, places)?.message).toContain(file)
  })

  it('knows a StartupError that came from a worker thread and lost its class', () => {
    const error = Object.assign(new Error('The database is in use.'), { name: 'StartupError' })
    expect(toStartupError(error, places)).toBeInstanceOf(StartupError)
    expect(toStartupError(error, places)?.message).toBe('The database is in use.')
  })

  it('leaves faults of the program alone', () => {
    expect(toStartupError(new TypeError('x is not a function'), places)).toBeUndefined()
    expect(toStartupError('text', places)).toBeUndefined()
  })
})
