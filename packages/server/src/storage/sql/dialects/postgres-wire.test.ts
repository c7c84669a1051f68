import { describe, expect, test } from 'vitest'

import { splitter } from './postgres-wire.ts'

function message(code: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(code, 'latin1')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** What came, in order: a row's body, or other messages' bytes. */
function split(chunks: readonly Buffer[]): (string | Buffer)[] {
  const found: (string | Buffer)[] = []
  const take = splitter(
    ({ buffer, starts }) => {
      for (const start of starts) {
        const length = buffer.readUInt32BE(start - 4) - 4
        found.push(buffer.toString('latin1', start, start + length))
      }
    },
    (bytes) => {
      const last = found.at(-1)
      if (Buffer.isBuffer(last)) found[found.length - 1] = Buffer.concat([last, bytes])
      else found.push(Buffer.from(bytes))
    },
  )
  for (const chunk of chunks) take(chunk)
  return found
}

describe('splitter', () => {
  const [one, two, long] = ['one', '', 'x'.repeat(1000)].map((text) => message('D', Buffer.from(text))) as [
    Buffer,
    Buffer,
    Buffer,
  ]
  const described = message('T', Buffer.from('described'))
  const complete = message('C', Buffer.from('complete'))
  const ready = message('Z', Buffer.from('I'))
  const bytes = Buffer.concat([described, one, two, long, complete, ready, one])
  const expected = [described, 'one', '', 'x'.repeat(1000), Buffer.concat([complete, ready]), 'one']

  test('gives rows and what is between them in their order', () => {
    expect(split([bytes])).toEqual(expected)
  })

  test('does so wherever the network cuts the bytes', () => {
    for (const size of [1, 2, 3, 4, 5, 6, 7, 11, 500, 1001]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      )
      expect(split(chunks), `${size} bytes at once`).toEqual(expected)
    }
  })
})
