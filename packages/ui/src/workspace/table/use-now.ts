import { useEffect, useState } from 'react'

const quickMs = 5_000
const slowMs = 30_000

/** The time, in ms, as often as what lies behind must be told anew. */
export function useNow(isQuick: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), isQuick ? quickMs : slowMs)
    return () => clearInterval(timer)
  }, [isQuick])
  return now
}
