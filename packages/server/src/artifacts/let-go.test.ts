import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'

import { letGo, usedUp } from './let-go.ts'

test('letGo() frees a piece that has its memory to itself, and no other', () => {
  const own = Buffer.allocUnsafeSlow(1000)
  letGo(own)
  expect(own.byteLength).toBe(0)
  const whole = Buffer.allocUnsafeSlow(1000).fill(7)
  letGo(whole.subarray(0, 999))
  letGo(whole.subarray(1))
  expect(whole.every((byte) => byte === 7)).toBe(true)
  const pooled = Buffer.from('few')
  letGo(pooled)
  expect(String(pooled)).toBe('few')
})

test('usedUp() frees the pieces of a request, and leaves those of any other source', async () => {
  const lengths: number[][] = []
  const server = createServer((request, reply) => {
    request.on('data', (piece: Buffer) => {
      const before = piece.byteLength
      usedUp(Readable.from([]))(piece)
      const kept = piece.byteLength
      usedUp(request)(piece)
      lengths.push([before - kept, piece.byteLength])
    })
    request.on('end', () => reply.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await fetch(`http://127.0.0.1:${port}`, { method: 'PUT', body: new Uint8Array(1_000_000) })
  server.close()
  expect(lengths.length).toBeGreaterThan(0)
  expect(lengths.every(([taken, left]) => taken === 0 && left === 0)).toBe(true)
})
