import { createContext, useContext } from 'react'

export interface CursorPlace {
  readonly x: number
  /** The run or group that is looked at. */
  readonly line: string | undefined
  /** The chart that the pointer or the keyboard is in. */
  readonly card: string
}

export interface ChartCursor {
  readonly place: () => CursorPlace | undefined
  readonly set: (place: CursorPlace | undefined) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** One cursor for all charts of a page: what is pointed at in one is shown in all. */
export function createChartCursor(): ChartCursor {
  let place: CursorPlace | undefined
  const listeners = new Set<() => void>()
  return {
    place: () => place,
    set: (next) => {
      if (next === undefined && place === undefined) return
      place = next
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const CursorContext = createContext<ChartCursor | undefined>(undefined)
export const ChartCursorProvider = CursorContext.Provider

export function useChartCursor(): ChartCursor {
  const cursor = useContext(CursorContext)
  if (!cursor) throw new Error('A chart stands inside of MetricCharts.')
  return cursor
}
