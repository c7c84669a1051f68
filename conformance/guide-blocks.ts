import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A block of code on a page. */
export interface GuideBlock {
  /** '' where it has none. */
  readonly language: string
  readonly text: string
  /** The name that the sentence before the block tells the reader to save it under. */
  readonly saveAs: string | undefined
}

/** The blocks of a page in `docs/guides`, in order. */
export function guideBlocks(page: string): GuideBlock[] {
  const text = readFileSync(join(import.meta.dirname, '../docs/guides', page), 'utf8')
  return [...text.matchAll(/(?:[Ss]ave this as `([\w./]+)`:\s+)?^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    saveAs: match[1],
    language: match[2] ?? '',
    text: match[3] ?? '',
  }))
}
