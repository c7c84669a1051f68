import { useQuery } from '@tanstack/react-query'
import type { Response } from '@trackway/sdk'
import { server } from '../server.ts'
import type { Run } from './run-data.ts'

export type LoggedModel = Response<'getLoggedModel'>['model']
export type ModelVersion = NonNullable<Response<'searchModelVersions'>['model_versions']>[number]

/** A run that logs a model each epoch may have hundreds: so many are read. */
const mostModels = 50

/** The logged models that a run made, and the versions that were registered from it. */
export function useRunModels(run: Run): { models: readonly LoggedModel[]; versions: readonly ModelVersion[] } {
  const runId = run.info.run_id
  const ids = (run.outputs?.model_outputs ?? []).map(({ model_id }) => model_id).slice(-mostModels)
  const models = useQuery({
    queryKey: ['run', runId, 'models', ids],
    queryFn: async ({ signal }) => {
      const found = await Promise.allSettled(
        ids.map((id) => server.getLoggedModel({ model_id: id, allow_deleted: true }, { signal })),
      )
      return found.flatMap((one) => (one.status === 'fulfilled' ? [one.value.model] : []))
    },
    enabled: ids.length > 0,
  })
  const versions = useQuery({
    queryKey: ['models', 'of run', runId],
    queryFn: async ({ signal }) =>
      (await server.searchModelVersions({ filter: `run_id = '${runId}'`, max_results: 100 }, { signal }))
        .model_versions ?? [],
  })
  return { models: models.data ?? [], versions: versions.data ?? [] }
}
