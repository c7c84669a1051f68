import type { QueryClient } from '@tanstack/react-query'
import { eventKinds } from '@trackway/sdk'
import { serverUrl } from './server.ts'

/** What is read again after an event of an entity: the first words of the queries' keys. */
const concerned: Readonly<Record<string, readonly string[]>> = {
  run: ['runs', 'run', 'summaries'],
  experiment: ['experiments', 'experiment', 'summaries'],
}

/** Many changes at once are one reading. */
const pauseMs = 500
/** How long after the server refused the stream, in ms, it is asked again: a browser does not by itself. */
const refusedMs = 5000

/**
 * Follows the server's events on one connection and has what they concern read again. While nobody sees the page there is
 * no connection; what happened meanwhile is read when somebody does.
 */
export function followEvents(queries: QueryClient): void {
  let source: EventSource | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined
  const stale = new Set<string>()

  function readAgain(keys: readonly string[]): void {
    for (const key of keys) stale.add(key)
    waiting ??= setTimeout(() => {
      waiting = undefined
      for (const key of stale) void queries.invalidateQueries({ queryKey: [key] })
      stale.clear()
    }, pauseMs)
  }

  function open(): void {
    if (source || document.hidden) return
    const entities = Object.keys(concerned)
    const address = new URL(`${serverUrl}/api/trackway/v1/events/stream`)
    for (const entity of entities) address.searchParams.append('kinds', entity)
    const opened = new EventSource(address)
    source = opened
    for (const kind of Object.keys(eventKinds)) {
      const keys = concerned[kind.split('.', 1)[0] ?? '']
      if (keys) opened.addEventListener(kind, () => readAgain(keys))
    }
    opened.addEventListener('reset', () => readAgain(Object.values(concerned).flat()))
    opened.addEventListener('error', () => {
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return
      source = undefined
      setTimeout(open, refusedMs)
    })
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      source?.close()
      source = undefined
    } else {
      open()
      readAgain(Object.values(concerned).flat())
    }
  })
  open()
}
