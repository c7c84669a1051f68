import { createContext, useContext, useEffect } from 'react'
import { runningMs } from '../run-queries.ts'
import { type CurveRequest, curveStore } from './curve-store.ts'

export type ChartWatch = Set<CurveRequest>

const WatchContext = createContext<ChartWatch | undefined>(undefined)
export const ChartWatchProvider = WatchContext.Provider

/** Says that a chart is on screen: what of its runs goes on is read again and again. */
export function useWatch(request: CurveRequest): void {
  const watch = useContext(WatchContext)
  useEffect(() => {
    watch?.add(request)
    return () => void watch?.delete(request)
  }, [watch, request])
}

/** Reads what changed of the charts on screen while a run goes on and somebody looks. */
export function usePolling(watch: ChartWatch, isRunning: boolean): void {
  useEffect(() => {
    if (!isRunning) return undefined
    let isReading = false
    const read = async (): Promise<void> => {
      isReading = true
      await curveStore.poll([...watch])
      isReading = false
    }
    const timer = setInterval(() => {
      if (!isReading && !document.hidden) void read()
    }, runningMs)
    return () => clearInterval(timer)
  }, [watch, isRunning])
}
