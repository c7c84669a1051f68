import { fileFlagGroups } from '../client/client-command.ts'
import type { CommandGroup } from '../command.ts'
import { exportMetrics, exportRuns } from './export.ts'

/** `trackway runs`: what was tracked. */
export const runs: CommandGroup = {
  name: 'runs',
  summary: 'Files of runs and of their metrics.',
  description: ['An experiment goes by its name or its id; a run by its id.'],
  examples: [
    {
      what: 'the ten best runs',
      line: 'trackway runs export --experiment churn --order-by "metrics.auc DESC" | head -11',
    },
  ],
  commands: [exportRuns, exportMetrics],
  flagGroups: fileFlagGroups,
}
