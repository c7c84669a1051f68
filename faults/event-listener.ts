import { expect } from 'vitest'

export const eventPath = '/api/trackway/v1/events/stream'

/** A client that keeps the ids of the events that it was sent, and where it would go on. */
export interface EventListener {
  readonly ids: number[]
  lastId: string
  readonly ended: Promise<void>
  close(): void
}

export async function listenForEvents(url: string, lastId?: string): Promise<EventListener> {
  const leaving = new AbortController()
  const reply = await fetch(url + eventPath, {
    headers: lastId === undefined ? {} : { 'last-event-id': lastId },
    signal: leaving.signal,
  })
  expect(reply.status).toBe(200)
  const lines = reply.body?.pipeThrough(new TextDecoderStream()) as ReadableStream<string>
  const listener = { ids: [] as number[], lastId: '', ended: read(), close: () => leaving.abort() }
  await expect.poll(() => listener.lastId).not.toBe('')
  return listener

  async function read(): Promise<void> {
    let text = ''
    try {
      for await (const chunk of lines) {
        const blocks = (text + chunk).split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          listener.lastId = /^id: (\d+)$/m.exec(block)?.[1] ?? listener.lastId
          if (/^data: /m.test(block)) listener.ids.push(Number(listener.lastId))
        }
      }
    } catch {
      // The server was killed, or the test leaves.
    }
  }
}
