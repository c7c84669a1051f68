import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { rangesOf } from '../byte-range.ts'
import { createTextReader, type TextReader, type TextWindow } from '../text-window.ts'
import { errorOf } from '../../controls/thrown.ts'

/** How often, in ms, a file that is being written is asked for more. */
const liveMs = 2000

type Step = (reader: TextReader, window: TextWindow, signal: AbortSignal) => Promise<TextWindow | undefined>

interface TextReading {
  readonly window: TextWindow | undefined
  readonly error: Error | undefined
  readonly isReading: boolean
  /** Moves the window; a step is left out while another is under way. Resolves to the new window, if there is one. */
  readonly go: (step: Step) => Promise<TextWindow | undefined>
  readonly retry: () => void
}

/** A window on a text file, which grows with the file while `isLive` and somebody sees the page. */
export function useTextReading(url: string, from: 'head' | 'tail', isLive: boolean): TextReading {
  const reader = useMemo(() => createTextReader(rangesOf(url)), [url])
  const [window, setWindow] = useState<TextWindow>()
  const [error, setError] = useState<Error>()
  const [isReading, setReading] = useState(false)
  const [attempt, setAttempt] = useState(0)
  const held = useRef<{ window?: TextWindow; isBusy: boolean; abort: AbortController }>(undefined)

  const run = useCallback(async (work: (signal: AbortSignal) => Promise<TextWindow | undefined>) => {
    const state = held.current
    if (!state || state.isBusy) return undefined
    state.isBusy = true
    setReading(true)
    try {
      const next = await work(state.abort.signal)
      if (held.current !== state) return undefined
      if (next) {
        state.window = next
        setWindow(next)
      }
      setError(undefined)
      return next
    } catch (reason) {
      if (held.current === state) setError(errorOf(reason))
      return undefined
    } finally {
      state.isBusy = false
      if (held.current === state) setReading(false)
    }
  }, [])

  useEffect(() => {
    const state = { isBusy: false, abort: new AbortController() }
    held.current = state
    void run((signal) => reader[from](signal))
    return () => {
      state.abort.abort()
      held.current = undefined
    }
  }, [reader, from, run, attempt])

  const go = useCallback(
    (step: Step) =>
      run(async (signal) => (held.current?.window ? step(reader, held.current.window, signal) : undefined)),
    [run, reader],
  )

  useEffect(() => {
    if (!isLive) return undefined
    const timer = setInterval(() => {
      // Only at its end does a file grow.
      if (!document.hidden && held.current?.window?.reachesEnd === true) {
        void go((one, at, signal) => one.after(at, signal))
      }
    }, liveMs)
    return () => clearInterval(timer)
  }, [isLive, go])

  return { window, error, isReading, go, retry: () => setAttempt(attempt + 1) }
}
