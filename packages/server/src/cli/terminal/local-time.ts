/** Milliseconds since the epoch as a person here reads them: `2026-11-23 17:56:42`, in the machine's time zone. */
export function localTime(ms: number | bigint): string {
  const date = new Date(Number(ms))
  if (Number.isNaN(date.getTime())) return String(ms)
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** The same to the minute, where there is little room. */
export function localMinute(ms: number | bigint): string {
  return localTime(ms).slice(0, 'yyyy-mm-dd hh:mm'.length)
}
