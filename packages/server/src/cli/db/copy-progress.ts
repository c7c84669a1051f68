import type { CopyProgress } from '../../storage/sql/copy/copy-database.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** How often, in ms, a screen is told, and a file. */
const screenMs = 200
const fileMs = 5000
const barWidth = 24

/** Shows how far a copy is: a bar on a screen, a line now and then elsewhere. */
export function showProgress(terminal: Terminal): { show(progress: CopyProgress): void; end(): void } {
  const isScreen = terminal.width !== undefined
  const between = isScreen ? screenMs : fileMs
  let last = Date.now()
  let step: CopyProgress['step'] | undefined
  let begun = { at: Date.now(), rows: 0 }
  return {
    show(progress) {
      const now = Date.now()
      if (progress.step !== step) {
        step = progress.step
        begun = { at: now, rows: progress.rows }
      }
      if (now - last < between) return
      last = now
      const line = progressLine(progress, (progress.rows - begun.rows) / Math.max(0.001, (now - begun.at) / 1000))
      if (isScreen) terminal.progress(`${bar(progress)} ${line}`)
      else terminal.warn(line)
    },
    end: () => terminal.progress(''),
  }
}

function progressLine({ step, table, rows, total }: CopyProgress, perSecond: number): string {
  const verb = step === 'copying' ? 'Copying' : 'Comparing'
  const left = perSecond > 0 ? `, ${timeText((total - rows) / perSecond)} left` : ''
  return `${verb} ${table}: ${groupedNumber(rows)} of ${groupedNumber(total)} rows, ${groupedNumber(Math.round(perSecond))} a second${left}`
}

function bar({ rows, total }: CopyProgress): string {
  const full = total === 0 ? barWidth : Math.min(barWidth, Math.floor((rows / total) * barWidth))
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`
}

function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** A whole number with commas. */
export function groupedNumber(value: number): string {
  return value.toLocaleString('en-US')
}
