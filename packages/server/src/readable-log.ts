/** Turns pino's JSON lines into lines for people; `write` is all that pino asks of a stream. */
export interface ReadableLog {
  readonly write: (line: string) => void
}

const names: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/**
 * `15:04:05 warn refused … host=evil.example`, a stack on the lines below.
 * @param out where the lines go, such as stderr.
 */
export function createReadableLog(out: { write(text: string): unknown }): ReadableLog {
  return { write: (line) => out.write(`${readable(line)}\n`) }
}

function readable(line: string): string {
  const { level, time, msg, pid: _pid, hostname: _hostname, ...details } = JSON.parse(line) as Record<string, unknown>
  const stacks: string[] = []
  const fields = Object.entries(details).flatMap(([key, value]) => {
    const stack = key === 'stack' ? value : key === 'err' ? stackOf(value) : undefined
    if (typeof stack !== 'string') return [`${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`]
    stacks.push(stack)
    return []
  })
  const clock = new Date(Number(time)).toTimeString().slice(0, 8)
  return [[clock, names[Number(level)] ?? level, msg, ...fields].filter(Boolean).join(' '), ...stacks].join('\n')
}

function stackOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'stack') : undefined
}
