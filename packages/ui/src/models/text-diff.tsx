import { diffLines, diffWordsWithSpace } from 'diff'
import { useMemo } from 'react'
import styles from './compare.module.css'

interface Piece {
  readonly text: string
  readonly isChanged: boolean
}

interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'gap'
  readonly pieces: readonly Piece[]
}

/** How many unchanged lines stand around a change. */
const contextLines = 3
/** Longer texts are compared by line only. */
const mostForWords = 2_000

/** Two texts line by line: what was taken away, what came, and within a changed line which words. */
export function TextDiff({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => shortened(diffOf(before, after)), [before, after])
  return (
    <div className={styles['diff']} tabIndex={0} role="region" aria-label={label}>
      <pre>
        {lines.map(({ kind, pieces }, index) => (
          <div key={index} className={styles['line']} data-kind={kind}>
            <span className={styles['sign']}>{kind === 'added' ? '+' : kind === 'removed' ? '−' : ' '}</span>
            <code>
              {pieces.map((piece, place) =>
                piece.isChanged ? <mark key={place}>{piece.text}</mark> : <span key={place}>{piece.text}</span>,
              )}
            </code>
          </div>
        ))}
      </pre>
    </div>
  )
}

function diffOf(before: string, after: string): DiffLine[] {
  const changes = diffLines(before, after)
  const lines: DiffLine[] = []
  for (let index = 0; index < changes.length; index++) {
    const change = changes[index]
    const next = changes[index + 1]
    if (!change) continue
    if (change.removed && next?.added === true) {
      lines.push(...replaced(linesOf(change.value), linesOf(next.value)))
      index++
    } else {
      const kind = change.added ? 'added' : change.removed ? 'removed' : 'same'
      lines.push(...linesOf(change.value).map((text) => whole(kind, text)))
    }
  }
  return lines
}

/** Lines that took the place of others: those at the same place are compared by word. */
function replaced(removed: readonly string[], added: readonly string[]): DiffLine[] {
  if (removed.length !== added.length) {
    return [...removed.map((text) => whole('removed', text)), ...added.map((text) => whole('added', text))]
  }
  const pairs = removed.map((text, index) => wordPair(text, added[index] ?? ''))
  return [...pairs.map(([line]) => line), ...pairs.map(([, line]) => line)]
}

function wordPair(before: string, after: string): [DiffLine, DiffLine] {
  if (before.length + after.length > mostForWords) return [whole('removed', before), whole('added', after)]
  const words = diffWordsWithSpace(before, after)
  const side = (without: 'added' | 'removed', kind: 'added' | 'removed'): DiffLine => ({
    kind,
    pieces: words.filter((word) => !word[without]).map((word) => ({ text: word.value, isChanged: word[kind] })),
  })
  return [side('added', 'removed'), side('removed', 'added')]
}

function whole(kind: DiffLine['kind'], text: string): DiffLine {
  return { kind, pieces: [{ text, isChanged: false }] }
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** Long stretches without a change become one line that says how long they are. */
function shortened(lines: readonly DiffLine[]): readonly DiffLine[] {
  const isNear = (index: number): boolean =>
    lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ kind }) => kind !== 'same')
  const shown: DiffLine[] = []
  let hidden = 0
  const close = (): void => {
    if (hidden > 0) shown.push(whole('gap', `… ${hidden} ${hidden === 1 ? 'line is' : 'lines are'} the same`))
    hidden = 0
  }
  for (const [index, line] of lines.entries()) {
    if (isNear(index)) {
      close()
      shown.push(line)
    } else hidden++
  }
  close()
  return shown
}
