import type { QueryClient } from '@tanstack/react-query'
import { eventKinds } from '@trackway/sdk'
import { serverUrl } from '../server.ts'

/** What is read again after an event of an entity: the first words of the queries' keys. */
const concerned: Readonly<Record<string, readonly string[]>> = {
  run: ['runs', 'run', 'summaries', 'trash'],
  experiment: ['experiments', 'experiment', 'summaries', 'trash'],
  registered_model: ['models', 'model'],
  registered_model_tag: ['models', 'model'],
  model_version: ['models', 'model', 'version'],
  model_version_tag: ['models', 'model', 'version'],
  model_version_alias: ['models', 'model', 'version'],
  transition_request: ['requests', 'version', 'model'],
  comment: ['version'],
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
  const all = [...new Set(Object.values(concerned).flat())]

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
    const opened = new EventSource(`${serverUrl}/api/trackway/v1/events/stream`)
    source = opened
    for (const kind of Object.keys(eventKinds)) {
      const keys = concerned[kind.split('.', 1)[0] ?? '']
      if (keys) opened.addEventListener(kind, () => readAgain(keys))
    }
    opened.addEventListener('reset', () => readAgain(all))
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
      readAgain(all)
    }
  })
  open()
}
