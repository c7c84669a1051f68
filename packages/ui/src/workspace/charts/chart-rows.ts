import type { ShownRun } from '../shown-runs.ts'
import { distinctValues, fieldValues } from './chart-lines.ts'
import type { Card, Section } from './chart-sections.ts'
import type { ChartsState } from './charts-state.ts'

/** A card as it is placed: with facets, one for each value that its runs have. */
export interface FacetCard extends Card {
  readonly place: string
  readonly runs: readonly ShownRun[]
  readonly span: number
  /** The value of the facet that its runs share. */
  readonly facet: string | undefined
}

export type ChartRow =
  | { readonly kind: 'section'; readonly id: string; readonly section: Section }
  | { readonly kind: 'cards'; readonly id: string; readonly section: Section; readonly cards: readonly FacetCard[] }

const mostFacets = 24

/** Sections as rows: a heading, then the cards so many abreast as there are columns. */
export function cardRows(
  sections: readonly Section[],
  columns: number,
  { facet, cards: states }: ChartsState,
  runs: readonly ShownRun[],
  fields: readonly string[],
): readonly ChartRow[] {
  const values = fieldValues(runs, fields, facet)
  const facets = facet === undefined ? [undefined] : distinctValues(values.values()).slice(0, mostFacets)
  const parts = facets.map((value) => ({
    value,
    runs: value === undefined ? runs : runs.filter(({ id }) => values.get(id) === value),
  }))
  return sections.flatMap((section): ChartRow[] => {
    const head: ChartRow = { kind: 'section', id: `section ${section.name}`, section }
    if (!section.isOpen) return [head]
    const cards = section.cards.flatMap((card) =>
      parts.map((part): FacetCard => ({
        ...card,
        place: part.value === undefined ? card.id : `${card.id} ${part.value}`,
        runs: part.runs,
        span: states?.[card.id]?.span ?? 1,
        facet: part.value,
      })),
    )
    const rows: FacetCard[][] = []
    let room = 0
    for (const card of cards) {
      const span = Math.min(columns, card.span)
      if (room < span) {
        rows.push([])
        room = columns
      }
      rows.at(-1)?.push(card)
      room -= span
    }
    return [
      head,
      ...rows.map((row, index): ChartRow => ({
        kind: 'cards',
        id: `${section.name} ${index} ${row[0]?.place ?? ''}`,
        section,
        cards: row,
      })),
    ]
  })
}
