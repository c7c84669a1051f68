import { eventKinds, invalidParameter } from '@trackway/api'
import type { Event, EventKind } from '@trackway/api'

import type { EventSelection } from './store.ts'

const kinds = Object.keys(eventKinds) as EventKind[]
const kindsAndEntities: ReadonlySet<string> = new Set(kinds.flatMap((kind) => [kind, entityOf(kind)]))

/**
 * What a request selects.
 * @throws ApiError INVALID_PARAMETER_VALUE for a kind that is none: it would wait for ever.
 */
export function selectionOf(request: {
  readonly kinds?: readonly string[] | undefined
  readonly experiment_ids?: readonly string[] | undefined
  readonly names?: readonly string[] | undefined
}): EventSelection {
  const { kinds: asked = [], experiment_ids: experimentIds = [], names = [] } = request
  const unknown = asked.find((kind) => !kindsAndEntities.has(kind))
  if (unknown !== undefined) {
    throw invalidParameter(
      `Invalid value '${unknown.slice(0, 100)}' for parameter 'kinds' supplied: it must be a kind of event, such as ` +
        `model_version.created, or an entity: ${[...new Set(kinds.map(entityOf))].join(', ')}.`,
    )
  }
  return { kinds: asked, experimentIds, names }
}

export function matches(selection: EventSelection, { kind, data }: Pick<Event, 'kind' | 'data'>): boolean {
  if (!isSelected(selection, kind)) return false
  const restricted = restriction(selection, kind)
  if (restricted === null) return true
  const fields = data as Readonly<Record<string, unknown>>
  return restricted.fields.some((field) => restricted.values.includes(fields[field] as string))
}

/** The kinds that a selection lets through. */
export function selectedKinds(selection: EventSelection): EventKind[] {
  return kinds.filter((kind) => isSelected(selection, kind))
}

/** What else an event of this kind must have: one of `values` in one of these fields of its data. Null for nothing. */
export function restriction(
  { experimentIds, names }: EventSelection,
  kind: string,
): { readonly fields: readonly string[]; readonly values: readonly string[] } | null {
  const entity = entityOf(kind)
  if (entity === 'run' || entity === 'experiment') {
    if (experimentIds.length === 0) return null
    // Whoever follows the experiment that a run leaves must hear of it, too.
    const fields = kind === 'run.moved' ? ['experiment_id', 'from_experiment_id'] : ['experiment_id']
    return { fields, values: experimentIds }
  }
  if (names.length === 0) return null
  return { fields: kind.endsWith('.renamed') ? ['name', 'new_name'] : ['name'], values: names }
}

function isSelected(selection: EventSelection, kind: string): boolean {
  return selection.kinds.length === 0 || selection.kinds.some((one) => one === kind || one === entityOf(kind))
}

function entityOf(kind: string): string {
  return kind.slice(0, kind.indexOf('.'))
}
