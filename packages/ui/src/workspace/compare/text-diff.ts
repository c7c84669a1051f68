import { diffLines, diffWordsWithSpace } from 'diff'

interface DiffPart {
  readonly text: string
  readonly kind: 'same' | 'added' | 'removed'
}

/** From how many characters on texts are compared by lines alone: words would take seconds. */
const mostForWords = 20_000
/** How long the page is kept, in ms, before two texts count as wholly different. */
const timeout = 1500

/** What must be removed and added to make a text another one: by lines where there are several, else by words. */
export function textDiff(from: string, to: string): readonly DiffPart[] {
  const isShort = from.length + to.length <= mostForWords
  const hasLines = from.includes('\n') && to.includes('\n')
  const changes = isShort && !hasLines ? diffWordsWithSpace(from, to, { timeout }) : diffLines(from, to, { timeout })
  if (changes === undefined) return [part(from, 'removed'), part(to, 'added')].filter(({ text }) => text !== '')
  return changes.map(({ value, added, removed }) => part(value, added ? 'added' : removed ? 'removed' : 'same'))
}

function part(text: string, kind: DiffPart['kind']): DiffPart {
  return { text, kind }
}
