import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface HttpReply {
  readonly status: number
  readonly body: string
}

/**
 * One connection that is kept open, one request after the other. Node's own client takes longer than many answers do,
 * and would be measured with them.
 */
export class HttpConnection {
  private readonly socket: Socket
  private readonly host: string
  private readonly opened: Promise<unknown>
  private received: Buffer = Buffer.alloc(0)
  private waiting: { resolve(reply: HttpReply): void; reject(error: Error): void } | undefined

  constructor(url: string) {
    const { hostname, port, host } = new URL(url)
    this.host = host
    this.socket = connect(Number(port), hostname)
    this.socket.setNoDelay(true)
    this.opened = once(this.socket, 'connect')
    this.socket.on('data', (chunk) => this.take(chunk))
    this.socket.on('close', () => this.waiting?.reject(new Error(`${url} closed the connection`)))
  }

  async send(method: string, path: string, body?: string): Promise<HttpReply> {
    await this.opened
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.host}\r\n`
    const content =
      body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
      this.socket.write(`${head}${content}\r\n${body ?? ''}`)
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private take(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk])
    const end = this.received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.received.toString('latin1', 0, end)
    const length = /^content-length: *(\d+)/im.exec(head)?.[1]
    if (length === undefined) {
      this.waiting?.reject(new Error(`A reply without a length cannot be measured: ${head}`))
      return
    }
    const whole = end + 4 + Number(length)
    if (this.received.length < whole) return
    const body = this.received.toString('utf8', end + 4, whole)
    this.received = this.received.subarray(whole)
    this.waiting?.resolve({ status: Number(head.slice(9, 12)), body })
  }
}
