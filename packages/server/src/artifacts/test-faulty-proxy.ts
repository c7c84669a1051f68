import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

export interface FaultyProxy {
  readonly port: number
  /** Connections that were opened to it so far. */
  connections(): number
  /** Refuse each request with this status, as a store that is too busy does; 0 passes all on. */
  refuseWith(status: 0 | 503): void
  /** Cut a connection when so many bytes came back on it; Infinity never. */
  cutAfter(bytes: number): void
  /** Cut a connection when so many bytes were sent on it; Infinity never. */
  cutUploadAfter(bytes: number): void
  stop(): void
}

/** Stands before a real store and does to a connection what networks and busy stores do. */
export async function startFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  let opened = 0
  let status = 0
  let mostBytes = Infinity
  let mostSent = Infinity
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    opened++
    sockets.add(client)
    client.on('error', () => {})
    if (status !== 0) {
      client.once('data', () => {
        const body = '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>'
        const head = `HTTP/1.1 ${status} Slow Down\r\ncontent-type: application/xml\r\nconnection: close\r\n`
        client.end(`${head}content-length: ${body.length}\r\n\r\n${body}`)
      })
      return
    }
    const store = connect(targetPort, '127.0.0.1')
    sockets.add(store)
    let bytes = 0
    let sent = 0
    client.on('data', (chunk) => {
      sent += chunk.length
      if (sent > mostSent) {
        client.resetAndDestroy()
        store.destroy()
      }
    })
    store.on('error', () => client.destroy())
    store.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes > mostBytes) {
        client.resetAndDestroy()
        store.destroy()
      }
    })
    client.pipe(store)
    store.pipe(client)
    client.on('close', () => store.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connections: () => opened,
    refuseWith(next) {
      status = next
      dropAll()
    },
    cutAfter(bytes) {
      mostBytes = bytes
      dropAll()
    },
    cutUploadAfter(bytes) {
      mostSent = bytes
      dropAll()
    },
    stop() {
      dropAll()
      server.close()
    },
  }
}
