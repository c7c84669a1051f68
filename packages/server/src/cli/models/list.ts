import type { ModelVersion, RegisteredModel } from '@trackway/sdk'

import { clientCommand } from '../client/client-command.ts'
import { limited, pageSize, writeList } from '../client/output.ts'
import { limitFlag, nameArgument } from './model-arguments.ts'
import { modelColumns, versionColumns, withAliases } from './model-columns.ts'
import { nameFilter, requireModel, stageNames } from './model-reference.ts'

const searchFlags = {
  filter: {
    name: 'filter',
    type: 'string',
    placeholder: 'FILTER',
    help: "Only those that it fits, in MLflow's language.",
  },
  orderBy: {
    name: 'order-by',
    type: 'repeated',
    placeholder: 'FIELD',
    help: 'What to sort by, such as "last_updated_timestamp DESC"; given again for what decides next.',
  },
  ...limitFlag,
} as const

export const listModels = clientCommand({
  name: 'list',
  summary: 'List registered models, by name.',
  description: ['LATEST is the highest version, STAGES the newest version of each stage.'],
  examples: [
    { what: 'all models', line: 'trackway models list' },
    { what: 'the ten last changed', line: 'trackway models list --order-by "last_updated_timestamp DESC" --limit 10' },
    { what: 'by name and tag', line: `trackway models list --filter "name LIKE 'churn%' AND tags.team = 'growth'"` },
    { what: 'names only, for scripts', line: "trackway models list -o json | jq -r '.[].name'" },
  ],
  args: {},
  flags: searchFlags,
  run: async ({ client, terminal, output, values: { filter, orderBy, limit } }) => {
    const { paginate } = await import('@trackway/sdk')
    const found = paginate(client, 'searchRegisteredModels', {
      max_results: pageSize(limit),
      ...(filter !== undefined && { filter }),
      ...(orderBy.length > 0 && { order_by: [...orderBy] }),
    })
    const none = filter === undefined ? 'There are no registered models yet.' : 'No registered model fits the filter.'
    await writeList({ terminal, output }, limited(found, limit), modelColumns, none)
  },
})

export const listVersions = clientCommand({
  name: 'versions',
  summary: "List a model's versions, the newest first.",
  examples: [
    { what: 'all versions', line: 'trackway models versions churn' },
    { what: 'what is in Production', line: 'trackway models versions churn --stage Production' },
    { what: 'by tag', line: `trackway models versions churn --filter "tags.validated = 'yes'"` },
  ],
  args: { name: nameArgument },
  flags: {
    stage: { name: 'stage', type: 'string', choices: stageNames, help: 'Only versions that are in this stage.' },
    ...searchFlags,
  },
  run: async ({ client, terminal, output, args, values: { stage, filter, orderBy, limit } }) => {
    const { paginate } = await import('@trackway/sdk')
    const name = requireModel(args.name)
    const { registered_model: model } = await client.getRegisteredModel({ name })
    const found = paginate(client, 'searchModelVersions', {
      filter: [nameFilter(name), ...(filter === undefined ? [] : [`(${filter})`])].join(' AND '),
      order_by: orderBy.length > 0 ? [...orderBy] : ['version_number DESC'],
      max_results: pageSize(stage === undefined ? limit : undefined),
    })
    await writeList(
      { terminal, output },
      limited(ofStage(found, stage, model), limit),
      versionColumns,
      `No version of ${name} is here${stage === undefined && filter === undefined ? ' yet' : ' that fits'}.`,
    )
  },
})

/** MLflow's language of filters knows no stage. */
async function* ofStage(
  versions: AsyncIterable<ModelVersion>,
  stage: string | undefined,
  model: RegisteredModel,
): AsyncGenerator<ModelVersion> {
  for await (const version of versions) {
    if (stage === undefined || version.current_stage === stage) yield withAliases(version, model)
  }
}
