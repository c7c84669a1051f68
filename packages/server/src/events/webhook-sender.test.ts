import { lookup } from 'node:dns/promises'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { hostname } from 'node:os'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { isPublicAddress } from './public-address.ts'
import { startReceiver } from './test-receiver.ts'
import type { TestReceiver } from './test-receiver.ts'
import { createWebhookSender } from './webhook-sender.ts'
import type { Answer } from './webhook-sender.ts'

let receiver: TestReceiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => await receiver.close())

async function send(
  url = receiver.url,
  { timeout = 5000, allow = true, signal = new AbortController().signal } = {},
): Promise<Answer> {
  const rules = { schemes: ['http', 'https'], allowPrivateAddresses: allow, timeout }
  return createWebhookSender(rules)({ url, headers: { 'X-A': 'b' }, body: Buffer.from('{"ä":1}'), signal })
}

/** Answers each connection with these bytes, and goes on as told. */
async function rawServer(bytes: string, end: boolean): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => (end ? socket.end(bytes) : socket.write(bytes)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

describe('createWebhookSender', () => {
  test('posts the body and gives the answer', async () => {
    receiver.respond = (response) => response.writeHead(201, { 'Retry-After': '7' }).end('grüß')
    expect(await send(`${receiver.url}/a/b?c=d`)).toEqual({ status: 201, body: 'grüß', retryAfter: '7' })
    const [one] = receiver.received
    expect([one?.method, one?.path, one?.body]).toEqual(['POST', '/a/b?c=d', '{"ä":1}'])
    expect(one?.headers).toMatchObject({
      'x-a': 'b',
      'content-length': '8',
      'user-agent': expect.stringMatching(/^trackway\/\d/),
      host: `127.0.0.1:${receiver.port}`,
    })
  })

  test('does not follow redirects', async () => {
    receiver.respond = (response) => response.writeHead(307, { Location: `${receiver.url}/other` }).end()
    expect(await send()).toMatchObject({ status: 307 })
    expect(receiver.received).toHaveLength(1)
  })

  test('keeps 1,000 characters of an answer, and reads no more than it needs of an endless one', async () => {
    receiver.respond = (response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('é'.repeat(10_000)));
      }
      response.on('drain', more)
      more()
    }
    expect(await send()).toEqual({ status: 200, body: 'é'.repeat(1000), retryAfter: undefined })
  })

  test('an answer in odd bytes becomes text', async () => {
    receiver.respond = (response) => response.end(Buffer.from([0x61, 0x00, 0xff, 0x62]))
    expect(await send()).toMatchObject({ body: 'a\uFFFD\uFFFDb' })
  })

  test.each([
    ['no answer', () => {}],
    ['a body that does not end', (response: { write(text: string): unknown }) => void response.write('begun')],
  ])('%s ends with the timeout', async (_, respond) => {
    receiver.respond = respond
    const begun = Date.now()
    expect(await send(undefined, { timeout: 300 })).toEqual({
      failure: 'No complete answer within 0.3 seconds.',
      isFinal: false,
    })
    expect(Date.now() - begun).toBeLessThan(2000)
  })

  test('is stopped by its signal', async () => {
    receiver.respond = () => {}
    const stop = new AbortController()
    const answer = send(undefined, { signal: stop.signal })
    await receiver.wait(1)
    stop.abort()
    expect(await answer).toEqual({ stopped: true })
    expect(await send(undefined, { signal: AbortSignal.abort() })).toEqual({ stopped: true })
  })

  test('a refused connection, a closed one and an unknown name are told', async () => {
    receiver.respond = (response) => response.socket?.destroy()
    expect(await send()).toEqual({ failure: 'The receiver closed the connection before it answered.', isFinal: false })
    await receiver.close()
    expect(await send()).toEqual({ failure: 'The connection was refused: nothing listens there.', isFinal: false })
    expect(await send('http://no-such-host.invalid/')).toMatchObject({
      failure: expect.stringContaining('no-such-host.invalid'),
      isFinal: false,
    })
  })

  test.each([
    ['what is no HTTP', 'SSH-2.0-OpenSSH_9\r\n', true],
    ['a body that is cut off', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', true],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', false],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'X-A: b\r\n'.repeat(20_000)}`, false],
  ])('%s is a failure that is tried again', async (_, bytes, end) => {
    const server = await rawServer(bytes, end)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await send(url, { timeout: 1000 })).toEqual({ failure: expect.any(String), isFinal: false })
    server.close()
  })

  test('a TLS connection to what speaks none is a failure that is tried again', async () => {
    expect(await send(receiver.url.replace('http', 'https'))).toMatchObject({ isFinal: false })
  })

  test.each([
    'http://127.0.0.1',
    'http://[::ffff:127.0.0.1]',
    'http://localhost',
    'http://0x7f.1',
    'http://2130706433',
  ])('sends nothing to %s unless private addresses are allowed', async (host) => {
    const refused = await send(`${host}:${receiver.port}/`, { allow: false })
    expect(refused).toEqual({ failure: expect.stringContaining('not a public address'), isFinal: true })
    expect(receiver.received).toEqual([])
  })

  test('sends nothing to a name that resolves to an address that is not public, unless that is allowed', async (context) => {
    const candidates = [hostname(), 'ip6-localhost', 'localhost.localdomain', 'ip6-loopback']
    let name: string | undefined
    for (const one of candidates) {
      const found = await lookup(one).catch(() => undefined)
      if (found && !isPublicAddress(found.address)) name ??= one
    }
    if (name === undefined) return context.skip(`none of ${candidates.join(', ')} resolves to such an address here`)
    const refused = { failure: expect.stringContaining(`The name ${name} leads to`), isFinal: true }
    expect(await send(`http://${name}:${receiver.port}/`, { allow: false })).toEqual(refused)
    expect(receiver.received).toEqual([])
    expect(await send(`http://${name}:${receiver.port}/`)).not.toEqual(refused)
  })
})
