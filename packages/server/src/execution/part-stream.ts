import type { Part } from './messages.ts'

/** A long reply's parts, asked for one ahead of their use: neither side holds more than two. */
export class PartStream implements AsyncIterableIterator<Uint8Array> {
  private readonly parts: Part[] = []
  private wake: (() => void) | undefined
  private ended = false
  private readonly more: () => void
  private readonly stop: () => void

  constructor(more: () => void, stop: () => void) {
    this.more = more
    this.stop = stop
  }

  push(part: Part): void {
    this.parts.push(part)
    this.wake?.()
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.ended && this.parts.length === 0) return { value: undefined, done: true }
    while (this.parts.length === 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    const part = this.parts.shift() as Part
    if (part.status === 0) throw new Error('The reply broke off: its source failed')
    if (part.open) this.more()
    else this.ended = true
    return { value: part.body as Uint8Array, done: false }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.ended) this.stop()
    this.ended = true
    this.parts.length = 0
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
