import { eventSchema } from '@trackway/api'
import type { Event } from '@trackway/api'
import { encode } from '@trackway/api/codec'

import type { Operations } from '../operations.ts'

/** Events read at once: about half a millisecond of the main thread. */
const pageSize = 200
/** How many of the newest events stay in memory for all connections, and how many characters of text at most. */
const mostEvents = 1000
const mostText = 4 * 1024 * 1024

/** An event, and how it is sent to everybody who wants it. */
export interface EncodedEvent {
  readonly id: number
  readonly event: Event
  readonly text: string
}

/**
 * The newest events, read and encoded once for all connections. It holds all events with ids above `start` up to
 * `end`.
 */
export interface EventWindow {
  readonly end: number
  /** Empties it: from now on it holds what comes behind `id`. */
  startAt(id: number): void
  /** Reads on; whether there was anything new. */
  readOn(): Promise<boolean>
  /** The next events behind `id`, a page at most: of the window, or of the store where the window begins later. */
  behind(id: number): readonly EncodedEvent[] | Promise<readonly EncodedEvent[]>
}

export function createEventWindow(operations: Pick<Operations, 'eventsAfter'>): EventWindow {
  let events: EncodedEvent[] = []
  let start = 0
  let end = 0
  let size = 0

  async function read(id: number): Promise<EncodedEvent[]> {
    return (await operations.eventsAfter({ id, limit: pageSize })).map(encodeEvent)
  }

  function trim(): void {
    let dropped = 0
    while (events.length - dropped > mostEvents || (size > mostText && dropped < events.length)) {
      const oldest = events[dropped++] as EncodedEvent
      size -= oldest.text.length
      start = oldest.id
    }
    events.splice(0, dropped)
  }

  return {
    get end() {
      return end
    },
    startAt(id) {
      events = []
      start = end = id
      size = 0
    },
    async readOn() {
      const from = end
      const added = await read(from)
      // Begun anew meanwhile.
      if (from !== end) return true
      for (const one of added) {
        events.push(one)
        size += one.text.length
        end = one.id
      }
      trim()
      return added.length > 0
    },
    behind(id) {
      if (id < start) return read(id)
      const from = firstBehind(events, id)
      return events.slice(from, from + pageSize)
    },
  }
}

function encodeEvent(event: Event): EncodedEvent {
  const { id, kind } = event
  const text = `id: ${id}\nevent: ${kind}\ndata: ${encode(eventSchema, event)}\n\n`
  return { id: Number(id), event, text }
}

/** Where the first event with a greater id stands in a list in the order of ids. */
function firstBehind(events: readonly EncodedEvent[], id: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((events[middle] as EncodedEvent).id > id) high = middle
    else low = middle + 1
  }
  return low
}
