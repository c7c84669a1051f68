import { textDiff } from '../compare/text-diff.ts'

/** A line of a difference; numbers count from 1. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
  readonly from: number | undefined
  readonly to: number | undefined
}

/** A stretch of lines, or lines that are alike and left out until asked for. */
type DiffBlock =
  | { readonly kind: 'lines'; readonly lines: readonly DiffLine[] }
  | { readonly kind: 'alike'; readonly lines: readonly DiffLine[] }

/** How many lines that are alike are shown around those that differ. */
const context = 3

/** What must be removed and added to make a text another, by lines. */
export function lineDiff(from: string, to: string): readonly DiffLine[] {
  const lines: DiffLine[] = []
  let [fromLine, toLine] = [1, 1]
  // A last line without an end would differ from the same one with an end.
  for (const { text, kind } of textDiff(ended(from), ended(to))) {
    for (const line of text.split('\n').slice(0, -1)) {
      lines.push({
        kind,
        text: line,
        from: kind === 'added' ? undefined : fromLine++,
        to: kind === 'removed' ? undefined : toLine++,
      })
    }
  }
  return lines
}

/** Lines in blocks, with those far from any difference in blocks of their own. */
export function diffBlocks(lines: readonly DiffLine[]): readonly DiffBlock[] {
  const blocks: DiffBlock[] = []
  let shown: DiffLine[] = []
  let place = 0
  while (place < lines.length) {
    let end = place
    while (lines[end]?.kind === 'same') end++
    if (end === place) {
      shown.push(lines[place++] as DiffLine)
      continue
    }
    const before = place === 0 ? 0 : context
    const after = end === lines.length ? 0 : context
    if (end - place > before + after + 1) {
      shown.push(...lines.slice(place, place + before))
      if (shown.length > 0) blocks.push({ kind: 'lines', lines: shown })
      blocks.push({ kind: 'alike', lines: lines.slice(place + before, end - after) })
      shown = lines.slice(end - after, end)
    } else shown.push(...lines.slice(place, end))
    place = end
  }
  if (shown.length > 0) blocks.push({ kind: 'lines', lines: shown })
  return blocks
}

/** A text as its lines are compared: JSON is written anew, so that only what it says counts. */
export function comparableText(path: string, text: string): string {
  if (!/\.(json|geojson|ipynb)$/i.test(path)) return text.replaceAll('\r\n', '\n')
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
