import { invalidParameter } from '@trackway/api'

import { authorOf } from '../access/caller.ts'
import type { Handlers } from '../handlers.ts'
import { checkId } from './experiments.ts'
import type { TrackingStore } from './store.ts'

const mostRuns = 1000

export function createRunMoveHandlers({ runs }: TrackingStore): Pick<Handlers, 'moveRuns'> {
  return {
    async moveRuns({ run_ids, experiment_id }, caller) {
      if (run_ids.length === 0 || run_ids.length > mostRuns) {
        throw invalidParameter(`From 1 to ${mostRuns} runs may be moved at once, got ${run_ids.length}.`)
      }
      return { moved: await runs.move([...new Set(run_ids)], checkId(experiment_id), authorOf(caller)) }
    },
  }
}
