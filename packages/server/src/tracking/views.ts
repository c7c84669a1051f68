import { invalidParameter } from '@trackway/api'

import { authorOf } from '../access/caller.ts'
import type { Handlers } from '../handlers.ts'
import { checkId } from './experiments.ts'
import { checkLength } from './rules.ts'
import type { TrackingStore } from './store.ts'

type ViewHandlers = Pick<Handlers, 'createView' | 'listViews' | 'getView' | 'updateView' | 'deleteView'>

const longestName = 200
const mostBytes = 64 * 1024
/** What nests deeper is no page's state, and writing it as JSON uses the stack for each level. */
const mostLevels = 100

export function createViewHandlers({ views }: TrackingStore): ViewHandlers {
  return {
    async createView({ name, experiment_id, state, is_default }, caller) {
      const view = await views.create(
        {
          name: checkName(name),
          experimentId: experiment_id ? checkId(experiment_id) : undefined,
          state: stateText(state),
          isDefault: is_default === true,
        },
        authorOf(caller),
      )
      return { view }
    },

    listViews: async ({ experiment_id }) => ({
      views: [...(await views.list(experiment_id ? checkId(experiment_id) : undefined))],
    }),

    getView: async ({ view_id }) => ({ view: await views.get(view_id) }),

    async updateView({ view_id, name, state, is_default }, caller) {
      const change = {
        name: name === undefined ? undefined : checkName(name),
        state: state === undefined ? undefined : stateText(state),
        isDefault: is_default,
      }
      return { view: await views.update(view_id, change, authorOf(caller).time) }
    },

    async deleteView({ view_id }) {
      await views.delete(view_id)
      return {}
    },
  }
}

function checkName(name: string): string {
  if (name.trim() === '') throw invalidParameter("'name' must not be empty.")
  checkLength('name', name, longestName)
  return name
}

/** @throws ApiError INVALID_PARAMETER_VALUE for what is no JSON object, or too large. */
function stateText(state: unknown): string {
  if (typeof state !== 'object' || state === null || Array.isArray(state))
    throw invalidState('it must be a JSON object')
  if (isDeeper(state, mostLevels)) throw invalidState(`it must nest at most ${mostLevels} levels`)
  const text = JSON.stringify(state, (key, part: unknown) => {
    if (typeof part !== 'bigint') return part
    throw invalidState(
      `'${key.slice(0, 100)}' is an integer beyond 2^53, which a page would read as another: send it as text`,
    )
  })
  const bytes = Buffer.byteLength(text)
  if (bytes > mostBytes) throw invalidState(`it must have at most ${mostBytes} bytes as JSON, and has ${bytes}`)
  return text
}

function invalidState(why: string): Error {
  return invalidParameter(`Invalid value for parameter 'state' supplied: ${why}.`)
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1))
}
