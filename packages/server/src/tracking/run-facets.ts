import { invalidParameter } from '@trackway/api'

import type { Handlers } from '../handlers.ts'
import { parseField } from '../search/field.ts'
import { fieldText } from '../search/filter-text.ts'
import { parseFilter } from '../search/parser.ts'
import type { FacetField, RunFacet, TrackingStore } from './store.ts'

const most = { fields: 100, bins: 100 } as const
/** How many values a facet lists: of all fields, and of fields that were asked for. */
const listed = { all: 12, asked: 200 } as const

const facetAttributes: readonly string[] = ['status', 'user_id', 'run_name', 'start_time']

export function createRunFacetHandlers({ runs }: TrackingStore): Pick<Handlers, 'runFacets'> {
  return {
    async runFacets({ experiment_ids, filter, run_view_type, fields = [], bins }) {
      if (fields.length > most.fields) {
        throw invalidParameter(`At most ${most.fields} fields may be asked for at once, got ${fields.length}.`)
      }
      if (bins !== undefined && (bins < 1 || bins > most.bins)) {
        throw invalidParameter(
          `Invalid value ${bins} for parameter 'bins' supplied: it must be from 1 to ${most.bins}.`,
        )
      }
      const selection = {
        experimentIds: experiment_ids ?? [],
        filter: parseFilter('runs', filter ?? ''),
        view: run_view_type ?? 'ACTIVE_ONLY',
      }
      const found = await runs.facets(selection, {
        fields: fields.length === 0 ? undefined : fields.map(toFacetField),
        values: fields.length === 0 ? listed.all : listed.asked,
        bins: bins ?? 0,
      })
      return { total: found.total, counted: found.counted, facets: found.facets.map(toWire) }
    },
  }
}

function toFacetField(text: string): FacetField {
  const { on, key } = parseField('runs', text)
  if (on === 'dataset') throw invalidParameter(`Invalid field '${text}': datasets have no facets.`)
  if (on === 'attribute' && !facetAttributes.includes(key)) {
    throw invalidParameter(
      `Invalid field '${text}': of the attributes, only ${facetAttributes.join(', ')} have facets.`,
    )
  }
  return { on, key }
}

const kinds = { metric: 'METRIC', param: 'PARAM', tag: 'TAG', attribute: 'ATTRIBUTE' } as const

function toWire({ on, key, runs, distinct, values, range, histogram }: RunFacet) {
  return {
    field: fieldText({ on, key }),
    kind: kinds[on],
    key,
    runs,
    distinct,
    values: values && [...values],
    min: range?.min,
    max: range?.max,
    histogram: histogram && [...histogram],
  }
}
