import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Failure, Loading } from '../../controls/notices.tsx'
import { server } from '../../server.ts'
import { parseColumn } from '../column.ts'
import { scopeRequest } from '../run-queries.ts'
import type { Workspace } from '../workspace.ts'
import { countText } from '../../controls/display-text.ts'
import styles from './plots.module.css'

/** Below it, what a forest says of the params is hardly more than chance. */
const littleExplained = 0.2
const mostRows = 20

/** Which params a metric depends on, over the runs that the filter and the brushes leave. */
export function ImportancePlot({ workspace: { scope }, metric }: { workspace: Workspace; metric: string }) {
  const { experimentIds, filter, viewType } = scope
  const { data, error, refetch, isLoadingError } = useQuery({
    queryKey: ['runs', 'importance', experimentIds, filter, viewType, metric],
    queryFn: ({ signal }) => server.runImportance({ ...scopeRequest(scope), metric }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
  if (isLoadingError && error)
    return <Failure what="The importances could not be computed." error={error} retry={refetch} />
  if (!data) return <Loading what="the importances" />
  const { params = [], used, total, explained } = data
  const name = parseColumn(metric)?.key ?? metric
  if (params.length === 0) {
    return (
      <p className={styles['note']} role="status">
        {Number(used) < 10
          ? `${countText(used, 'run')} with a number for ${name.slice(0, 80)}: it takes ten to tell what matters.`
          : 'No param differs between these runs.'}
      </p>
    )
  }
  return (
    <>
      <table className={styles['bars']}>
        <caption className="visually-hidden">
          Importance of each param for {name.slice(0, 120)}, and its correlation with it
        </caption>
        <thead>
          <tr>
            <th scope="col">Param</th>
            <th scope="col" title="The share of what a random forest loses when this param’s values are shuffled">
              Importance
            </th>
            <th scope="col" className="number" title="Spearman’s rank correlation; of texts (η) the correlation ratio">
              Correlation
            </th>
          </tr>
        </thead>
        <tbody>
          {params.slice(0, mostRows).map(({ field, key, importance, correlation, measure, runs }) => (
            <tr key={field}>
              <th scope="row" className="cut" title={`${key}\nin ${countText(runs, 'run')}`}>
                <bdi>{key}</bdi>
              </th>
              <td>
                <span className={styles['share']}>
                  <span className={styles['track']} aria-hidden="true">
                    <span className={styles['meter']} style={{ width: `${100 * importance}%` }} />
                  </span>
                  {Math.round(100 * importance)} %
                </span>
              </td>
              <td className="number">{correlation === undefined ? '–' : correlationText(correlation, measure)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles['legend']}>
        {coverText(Number(used), Number(total), explained)}
        {params.length > mostRows && ` ${mostRows} of ${countText(params.length, 'param')} are shown.`}
      </p>
    </>
  )
}

function correlationText(correlation: number, measure: string): string {
  const digits = Math.abs(correlation).toFixed(2)
  if (measure === 'CORRELATION_RATIO') return `η ${digits}`
  return `${correlation < 0 ? '−' : '+'}${digits}`
}

function coverText(used: number, total: number, explained = 0): string {
  const runs = used < total ? `${used.toLocaleString('en')} of ${countText(total, 'run')}` : countText(used, 'run')
  const share = `the params explain ${Math.round(100 * explained)} % of the differences`
  return `${runs}; ${share}${explained < littleExplained ? ', so the shares say little.' : '.'}`
}
