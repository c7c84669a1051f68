import { systemPrefix } from '@trackway/sdk'
import { compareNames } from '../../controls/display-text.ts'
import type { ChartsState } from './charts-state.ts'

/** A chart: one metric, or several that somebody put together. */
export interface Card {
  readonly id: string
  readonly keys: readonly string[]
}

export interface Section {
  /** The prefix of its metrics with what parts it from their names: `train/`. Empty of those without. */
  readonly name: string
  readonly cards: readonly Card[]
  readonly isOpen: boolean
}

/** The section of charts that somebody composed. */
const composed = 'Composed'
/** Prefixes of what was measured on data that was kept from training. */
const heldOut = /^(val|valid|validation|test|testing|eval|evaluation|dev|holdout|held[-_]?out)[-_]?\d*[/.]$/i

/**
 * Metrics by their prefixes, up to the first `/`, else the first `.`: those of held-out data first, then the others, those
 * without a prefix, sections without any curve, and the system's, which are closed.
 * @param points metrics that have one point a run.
 */
export function chartSections(
  keys: readonly string[],
  { find = '', hide = [], own = [], order = [], fold = [] }: ChartsState,
  points: ReadonlySet<string> = new Set(),
): readonly Section[] {
  const matches = matcher(find)
  const hidden = new Set(hide)
  const byName = new Map<string, Card[]>()
  for (const key of keys) {
    if (hidden.has(key) || !matches(key)) continue
    const name = prefixOf(key)
    const cards = byName.get(name) ?? []
    cards.push({ id: key, keys: [key] })
    byName.set(name, cards)
  }
  const places = new Map(order.map((id, place) => [id, place]))
  const sections = [...byName].map(([name, cards]) => ({
    name,
    rank: rankOf(name, cards, points),
    cards: cards.toSorted((one, other) => compareCards(places, one, other)),
  }))
  sections.sort((one, other) => one.rank - other.rank || compareNames(one.name, other.name))
  const made = own.map((list): Card => ({ id: cardId(list), keys: list })).filter((card) => card.keys.some(matches))
  const all = made.length > 0 ? [{ name: composed, cards: made }, ...sections] : sections
  return all.map(({ name, cards }) => ({ name, cards, isOpen: (name !== systemPrefix) !== fold.includes(name) }))
}

function rankOf(name: string, cards: readonly Card[], points: ReadonlySet<string>): number {
  if (name === systemPrefix) return 4
  if (cards.every(({ id }) => points.has(id))) return 3
  if (name === '') return 2
  return heldOut.test(name) ? 0 : 1
}

function cardId(keys: readonly string[]): string {
  return keys.length === 1 ? (keys[0] ?? '') : JSON.stringify(keys)
}

export function prefixOf(key: string): string {
  const slash = key.indexOf('/')
  const end = slash > 0 ? slash : key.indexOf('.')
  return end > 0 && end < key.length - 1 ? key.slice(0, end + 1) : ''
}

/** Whether a name has the text, or matches it as a regular expression; one that is none is a text. */
export function matcher(find: string): (key: string) => boolean {
  if (find === '') return () => true
  const lower = find.toLowerCase()
  let pattern: RegExp | undefined
  try {
    pattern = new RegExp(find, 'i')
  } catch {
    pattern = undefined
  }
  return (key) => key.toLowerCase().includes(lower) || pattern?.test(key) === true
}

/** The order of all charts of a section after one of them was moved by some places. */
export function movedCard(section: Section, id: string, to: number, order: readonly string[] = []): readonly string[] {
  const ids = section.cards.map((card) => card.id)
  const others = ids.filter((one) => one !== id)
  others.splice(Math.max(0, Math.min(others.length, to)), 0, id)
  return [...order.filter((one) => !ids.includes(one)), ...others]
}

function compareCards(places: ReadonlyMap<string, number>, one: Card, other: Card): number {
  const [first, second] = [places.get(one.id) ?? Infinity, places.get(other.id) ?? Infinity]
  return first === second ? compareNames(one.id, other.id) : first - second
}
