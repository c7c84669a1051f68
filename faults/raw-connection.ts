import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** A connection on which a test writes whatever it likes. */
export interface RawConnection extends Disposable {
  readonly socket: Socket
  write(bytes: string | Uint8Array): void
  /** All that came so far. */
  received(): string
  /** Waits until what came satisfies `enough`, or the connection ended; returns all that came. */
  until(enough: (received: string) => boolean): Promise<string>
  /** Resolves with all that came when the server has closed the connection. */
  readonly closed: Promise<string>
}

export async function rawConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => (text += chunk.toString('latin1')))
  await once(socket, 'connect')
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)))
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    received: () => text,
    async until(enough) {
      while (!enough(text) && !socket.destroyed)
        await Promise.race([new Promise((resolve) => socket.once('data', resolve)), closed])
      return text
    },
    closed,
    [Symbol.dispose]: () => socket.destroy(),
  }
}

/** A request's head; further headers and the body follow. */
export function head(method: string, path: string, headers: Record<string, string | number> = {}): string {
  const lines = Object.entries({ Host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

export function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))
}
