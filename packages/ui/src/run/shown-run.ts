import { runColourToken } from '../workspace/run-colours.ts'
import type { ShownRun } from '../workspace/shown-runs.ts'
import type { Run } from './run-data.ts'

/** A run as charts take it. */
export function shownRun({ info }: Run): ShownRun {
  return {
    id: info.run_id,
    name: info.run_name,
    experimentId: info.experiment_id,
    status: info.status,
    startTime: Number(info.start_time),
    endTime: info.end_time === undefined ? undefined : Number(info.end_time),
    colour: runColourToken(info.run_id),
    values: [],
  }
}
