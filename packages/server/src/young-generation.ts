import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Bytes that the space of short-lived objects may take: beyond that it costs memory and saves no time. */
const enough = 8 * 1024 * 1024
const lookPause = 250

/**
 * Ends the growth of V8's space of short-lived objects when it has some megabytes. V8 would let it take 48 MB in each
 * process; its own limit can only be set before the program starts, how much it grows at a time at any moment.
 */
export function boundYoungGeneration(): void {
  const timer = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    if (young !== undefined && young.space_size < enough) return
    setFlagsFromString('--semi-space-growth-factor=1')
    clearInterval(timer)
  }, lookPause)
  timer.unref()
}
