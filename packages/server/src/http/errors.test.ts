import { invalidParameter } from '@trackway/api'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answerError } from './errors.ts'

let app: FastifyInstance
let logged: string

beforeEach(async () => {
  logged = ''
  const stream = new Writable({
    write(line, _encoding, done) {
      logged += String(line)
      done()
    },
  })
  app = Fastify({ bodyLimit: 100, logger: { level: 'error', stream } })
  app.setErrorHandler(answerError)
  app.get('/refused', async () => {
    throw invalidParameter('A number between 1 and 3, got 4.')
  })
  app.get('/failed', async () => {
    throw new Error('no such table: secrets')
  })
  app.get('/half', async (_request, reply) => {
    reply.raw.writeHead(200, { 'content-type': 'text/plain' })
    await new Promise((written) => reply.raw.write('half', written))
    throw new Error('broke off')
  })
  app.post('/json', async () => ({}))
  await app.listen({ port: 0, host: '127.0.0.1' })
})

afterEach(() => app.close())

describe('answerError()', () => {
  test('tells an ApiError by its status, code and message, and does not log it', async () => {
    const reply = await app.inject('/refused')
    expect([reply.statusCode, reply.headers['content-type'], reply.json()]).toEqual([
      400,
      expect.stringMatching(/^application\/json/),
      { error_code: 'INVALID_PARAMETER_VALUE', message: 'A number between 1 and 3, got 4.' },
    ])
    expect(logged).toBe('')
  })

  test('keeps a fault to the log', async () => {
    const reply = await app.inject('/failed')
    expect([reply.statusCode, reply.json()]).toEqual([
      500,
      { error_code: 'INTERNAL_ERROR', message: 'The server failed; its log says more.' },
    ])
    expect(logged).toContain('no such table: secrets')
  })

  test('tells Fastify’s own refusals as BAD_REQUEST or PAYLOAD_TOO_LARGE', async () => {
    const headers = { 'content-type': 'application/json' }
    const cut = await app.inject({ method: 'POST', url: '/json', headers, payload: '{' })
    expect([cut.statusCode, cut.json()]).toMatchObject([400, { error_code: 'BAD_REQUEST' }])
    const large = await app.inject({ method: 'POST', url: '/json', headers, payload: `"${'x'.repeat(200)}"` })
    expect([large.statusCode, large.json()]).toMatchObject([413, { error_code: 'PAYLOAD_TOO_LARGE' }])
    expect(logged).toBe('')
  })

  test('cuts off a reply that has begun', async () => {
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
    socket.write('GET /half HTTP/1.1\r\nhost: localhost\r\n\r\n')
    const received = await text(socket)
    expect(received).toMatch(/^HTTP\/1.1 200 /)
    expect(received).not.toContain('INTERNAL_ERROR')
    // A whole chunked reply would end with an empty chunk.
    expect(received.endsWith('0\r\n\r\n')).toBe(false)
  })
})
