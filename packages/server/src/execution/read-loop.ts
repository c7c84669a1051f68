import { receiveMessageOnPort } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'

import type { DataService, ThreadDatabase } from '../data-service.ts'
import type { ReplyFile } from '../tracking/encoded-reply.ts'
import type { Job, Part, ToThread } from './messages.ts'
import { iterate, shortLength } from './parts.ts'
import type { Pieces } from './parts.ts'
import { perform } from './perform.ts'
import type { ReportFault } from './perform.ts'

/** Bytes of a reply that travel in one message; longer ones go on when the receiver asks. */
const partSize = 1024 * 1024

/** What is left of a long reply. */
type Rest = AsyncIterator<string | Uint8Array>

/** A reader: requests one after the other, long replies part by part as they are taken. */
export function serveReads(port: MessagePort, service: DataService<ThreadDatabase>, report: ReportFault): void {
  const open = new Map<number, Rest>()
  const queue: Job[] = []
  let isWorking = false
  let isClosing = false

  port.on('message', (message: ToThread) => {
    receive(message)
    void workOff()
  })

  function receive(message: ToThread): void {
    if ('jobs' in message) queue.push(...message.jobs)
    else if ('more' in message) void sendNext(message.more)
    else if ('stop' in message) stop(message.stop)
    else isClosing = true
  }

  async function workOff(): Promise<void> {
    if (isWorking) return
    isWorking = true
    for (let job = queue.shift(); job; job = queue.shift()) {
      await answer(job)
      // Replies that are under way go on, and those that nobody wants any more end, before the next is begun.
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
        receive(next.message as ToThread)
      }
    }
    isWorking = false
    if (isClosing) {
      await service.database.close()
      port.close()
    }
  }

  async function answer({ id, request }: Job): Promise<void> {
    const { status, body, file } = await perform(service, request, report)
    const text = typeof body === 'string' ? body : shortText(body)
    if (text !== undefined) {
      send({ id, status, body: text, open: false, file })
      return
    }
    open.set(id, iterate(body as Pieces))
    await sendNext(id, file)
  }

  /** Sends the next part of an open reply; the last one closes it. */
  async function sendNext(id: number, file?: ReplyFile): Promise<void> {
    const pieces = open.get(id)
    if (!pieces) return
    try {
      const { buffers, size, isLast } = await takePart(pieces)
      if (isLast) open.delete(id)
      const body = join(buffers, size)
      send({ id, status: 200, body, open: !isLast, file }, [body.buffer as ArrayBuffer])
    } catch (error) {
      report('a long reply', error)
      open.delete(id)
      // The first part may be with the client already: status 0 has the connection cut.
      send({ id, status: 0, body: '', open: false })
    }
  }

  function stop(id: number): void {
    void open.get(id)?.return?.()
    open.delete(id)
  }

  function send(part: Part, transfer: ArrayBuffer[] = []): void {
    port.postMessage({ parts: [part] }, transfer)
  }
}

async function takePart(pieces: Rest): Promise<{ buffers: Uint8Array[]; size: number; isLast: boolean }> {
  const buffers: Uint8Array[] = []
  let size = 0
  while (size < partSize) {
    const { value, done } = await pieces.next()
    if (done === true) return { buffers, size, isLast: true }
    const buffer = typeof value === 'string' ? Buffer.from(value) : value
    buffers.push(buffer)
    size += buffer.length
  }
  return { buffers, size, isLast: false }
}

/** A short reply that is all text: it travels as one string, which HTTP sends in one piece with its headers. */
function shortText(pieces: Pieces): string | undefined {
  if (Symbol.asyncIterator in pieces) return undefined
  let text = ''
  for (const piece of pieces) {
    if (typeof piece !== 'string' || text.length > shortLength) return undefined
    text += piece
  }
  return text
}

/** One buffer with memory of its own, so that it can be handed to another thread. */
function join(buffers: readonly Uint8Array[], size: number): Uint8Array {
  const joined = Buffer.allocUnsafeSlow(size)
  let offset = 0
  for (const buffer of buffers) {
    joined.set(buffer, offset)
    offset += buffer.length
  }
  return joined
}
