import type { Int64 } from '@trackway/sdk'
import { useEffect, useState } from 'react'
import { agoText, isoTime, timeText } from './display-text.ts'

/** A time as it lies behind, kept up to date, with the exact one as its tooltip. */
export function Ago({ ms }: { ms: Int64 }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <time dateTime={isoTime(ms)} title={timeText(ms)}>
      {agoText(ms, now)}
    </time>
  )
}

export function Time({ ms }: { ms: Int64 }) {
  return <time dateTime={isoTime(ms)}>{timeText(ms)}</time>
}
