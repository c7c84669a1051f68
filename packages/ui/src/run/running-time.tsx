import type { Int64 } from '@trackway/sdk'
import { useEffect, useState } from 'react'
import { durationText } from '../controls/display-text.ts'

/** For how long a run has been running, kept up to date. */
export function RunningTime({ startMs }: { startMs: Int64 }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return <span>for {durationText(startMs, now)}</span>
}
