import { describe, expect, it } from 'vitest'

import { readEvents } from './server-sent-events.ts'
import type { ServerSentEvent } from './server-sent-events.ts'

async function read(...chunks: (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk))
  return Array.fromAsync(readEvents(ReadableStream.from(bytes)))
}

describe('readEvents', () => {
  it('reads type, data and id of each block', async () => {
    expect(await read('id: 7\nevent: run.failed\ndata: {"a":1}\n\ndata: two\ndata:  lines\n\n')).toEqual([
      { type: 'run.failed', data: '{"a":1}', lastId: '7' },
      { type: 'message', data: 'two\n lines', lastId: '7' },
    ])
  })

  it('passes over comments and retry, and tells of an id alone', async () => {
    expect(await read(': hello\nretry: 2000\n\n:\n\nid: 9\n\n')).toEqual([
      { type: 'message', data: undefined, lastId: '9' },
    ])
  })

  it('puts together what comes in pieces', async () => {
    const bytes = new TextEncoder().encode('id: 1\r\ndata: 需要🚀\r\n\r\nid: 2\rdata:x\r\r\n')
    const expected = [
      { type: 'message', data: '需要🚀', lastId: '1' },
      { type: 'message', data: 'x', lastId: '2' },
    ]
    expect(await read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected)
    expect(await read(bytes)).toEqual(expected)
  })

  it('leaves out a block that the end cuts off', async () => {
    expect(await read('data: whole\n\nid: 5\ndata: half')).toEqual([{ type: 'message', data: 'whole', lastId: '' }])
  })
})
