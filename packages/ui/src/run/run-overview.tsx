import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { server } from '../server.ts'
import { MetricTable } from './metric-table.tsx'
import { ParamTable } from './param-table.tsx'
import type { Run } from './run-data.ts'
import { RunDatasets } from './run-datasets.tsx'
import { RunDescription } from './run-description.tsx'
import { RunModels } from './run-models.tsx'
import styles from './run-overview.module.css'
import { RunSource } from './run-source.tsx'
import { RunTags } from './run-tags.tsx'

/** What a run took and what came of it, side by side; at the edge where it came from. */
export function RunOverview({ run }: { run: Run }) {
  return (
    <div className={styles['overview']}>
      <RunDescription run={run} />
      <div className={styles['columns']}>
        <MetricTable run={run} />
        <ParamTable run={run} />
        <aside className={styles['side']} aria-label="About the run">
          <RunTags run={run} />
          <RunModels run={run} />
          <RunDatasets run={run} />
          <RunSource run={run} />
          <Children run={run} />
        </aside>
      </div>
    </div>
  )
}

function Children({ run: { info } }: { run: Run }) {
  const { data } = useQuery({
    queryKey: ['runs', 'children', 'count', info.run_id],
    queryFn: async ({ signal }) =>
      server.queryRuns(
        { experiment_ids: [info.experiment_id], parent_run_id: info.run_id, max_results: 1 },
        { signal },
      ),
  })
  const count = Number(data?.total ?? 0)
  if (count === 0) return null
  return (
    <section>
      <h2>Children</h2>
      <p>
        <Link
          to="/experiments/$experimentId/runs/$runId/$tab/$"
          params={{ experimentId: info.experiment_id, runId: info.run_id, tab: 'children', _splat: '' }}
        >
          {count.toLocaleString('en')} {count === 1 ? 'run' : 'runs'} below this one
        </Link>
      </p>
    </section>
  )
}
