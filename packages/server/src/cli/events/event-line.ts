import type { Event } from '@trackway/sdk'

import { localTime } from '../terminal/local-time.ts'
import { printable } from '../terminal/printable.ts'
import { styled } from '../terminal/terminal.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { cutText } from '../terminal/text-width.ts'

/** An event in one line: id, time, kind, who, what it is about, and what else it tells. */
export function eventLine(terminal: Terminal, { id, kind, timestamp, user_id: user, data }: Event): string {
  const { subject, rest } = told(data)
  const isNarrow = terminal.width !== undefined && terminal.width < narrow
  const time = localTime(timestamp).slice(isNarrow ? 'yyyy-'.length : 0)
  const start = `${String(id).padStart(6)}  ${time}  `
  const name = printable(kind).padEnd(isNarrow ? 0 : longestKind)
  const words = [user || '-', subject, ...rest].filter((part) => part !== '').map(printable)
  const room =
    terminal.width === undefined ? Infinity : Math.max(leastRoom, terminal.width - start.length - name.length)
  const end = cutText(`  ${words.join('  ')}`, room)
  return `${styled(terminal, 'dim', start)}${styled(terminal, 'cyan', name)}${end}\n`
}

/** Below so many columns there is room neither for the year nor for kinds of equal width. */
const narrow = 100
/** Of model_version.stage_transitioned. */
const longestKind = 32
const leastRoom = 20

function told(data: unknown): { subject: string; rest: string[] } {
  if (typeof data !== 'object' || data === null) return { subject: '', rest: [] }
  const { name, version, from_stage: from, to_stage: to, ...others } = data as Record<string, unknown>
  const subject = [name, version]
    .filter((part) => part !== undefined)
    .map(textOf)
    .join('/')
  const stages = to === undefined ? '' : `${from === undefined ? '' : textOf(from)} → ${textOf(to)}`.trim()
  const rest = Object.entries(others)
    .filter(([, value]) => value !== null && value !== '' && textOf(value) !== '{}' && textOf(value) !== '[]')
    .map(([key, value]) => `${key}=${textOf(value)}`)
  return { subject, rest: [stages, ...rest] }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
