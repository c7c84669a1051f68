import type { Client } from '@trackway/sdk'

import { UsageError } from '../../flags.ts'
import { clientCommand } from '../client/client-command.ts'
import { saveFile } from './save-file.ts'

const formats = ['csv', 'json', 'parquet'] as const
type Format = (typeof formats)[number]

const selectionFlags = {
  experiment: {
    name: 'experiment',
    short: 'e',
    type: 'repeated',
    placeholder: 'NAME|ID',
    help: 'The runs of this experiment; may be given again.',
  },
  run: { name: 'run', type: 'repeated', placeholder: 'ID', help: 'Only this run; may be given again.' },
  filter: {
    name: 'filter',
    type: 'string',
    placeholder: 'FILTER',
    help: 'Only runs that it fits, such as "metrics.loss < 0.1 AND params.model = \'tree\'".',
  },
} as const

const fileFlags = {
  format: {
    name: 'format',
    type: 'string',
    choices: formats,
    help: "The file's format; by its name when absent, and CSV where that says nothing.",
  },
  output: {
    name: 'output',
    short: 'o',
    type: 'string',
    default: '-',
    placeholder: 'FILE',
    help: 'Where to write it; - is the standard output.',
  },
} as const

const exactness =
  'Values are exact, also where a spreadsheet would take a text for a formula. A file appears whole or not at all.'

export const exportRuns = clientCommand({
  name: 'export',
  summary: 'Write a file of runs, one a row.',
  description: [`Without --column it has all metrics and params. ${exactness}`],
  examples: [
    { what: 'all of an experiment', line: 'trackway runs export --experiment churn --output runs.parquet' },
    {
      what: 'the best ten, to read',
      line: 'trackway runs export -e churn --order-by "metrics.auc DESC" --column metrics.auc --column params.lr | head -11',
    },
    { what: 'the least of a curve', line: 'trackway runs export -e churn --column "min(metrics.loss)" -o best.csv' },
  ],
  args: {},
  flags: {
    ...selectionFlags,
    column: {
      name: 'column',
      type: 'repeated',
      placeholder: 'FIELD',
      help: 'metrics.loss, min(metrics.loss), params.lr, tags.team or user_id; may be given again.',
    },
    orderBy: {
      name: 'order-by',
      type: 'repeated',
      placeholder: 'FIELD',
      help: 'What to sort by, such as "metrics.loss DESC"; given again for what decides next.',
    },
    ...fileFlags,
  },
  writesFile: true,
  run: async ({ client, terminal, values: { column, orderBy, format, output, ...selection } }) => {
    const chosen = formatOf(format, output)
    const request = {
      ...(await selectionOf(client, selection)),
      ...(column.length > 0 && { columns: [...column] }),
      ...(orderBy.length > 0 && { order_by: [...orderBy] }),
      format: wireFormats[chosen],
    }
    await saveFile(terminal, () => client.exportRuns(request), output, chosen === 'parquet')
  },
})

export const exportMetrics = clientCommand({
  name: 'export-metrics',
  summary: 'Write a file of every point of metrics: run_id, run_name, key, step, timestamp and value.',
  description: [`Without --key it has all metrics. ${exactness}`],
  examples: [
    { what: 'two curves', line: 'trackway runs export-metrics -e churn --key loss --key val_loss -o curves.parquet' },
  ],
  args: {},
  flags: {
    ...selectionFlags,
    key: { name: 'key', short: 'k', type: 'repeated', placeholder: 'METRIC', help: 'Only this; may be given again.' },
    ...fileFlags,
  },
  writesFile: true,
  run: async ({ client, terminal, values: { key, format, output, ...selection } }) => {
    const chosen = formatOf(format, output)
    const request = {
      ...(await selectionOf(client, selection)),
      ...(key.length > 0 && { keys: [...key] }),
      format: wireFormats[chosen],
    }
    await saveFile(terminal, () => client.exportMetrics(request), output, chosen === 'parquet')
  },
})

const wireFormats = { csv: 'CSV', json: 'JSON', parquet: 'PARQUET' } as const satisfies Record<Format, string>

function formatOf(asked: Format | undefined, file: string): Format {
  return asked ?? formats.find((format) => file.toLowerCase().endsWith(`.${format}`)) ?? 'csv'
}

interface Selection {
  readonly experiment: readonly string[]
  readonly run: readonly string[]
  readonly filter: string | undefined
}

async function selectionOf(client: Client, { experiment, run, filter }: Selection) {
  if (experiment.length === 0 && run.length === 0) throw new UsageError('Say which runs, by --experiment or --run.')
  const ids: string[] = []
  for (const one of experiment) ids.push(await experimentId(client, one))
  return {
    ...(ids.length > 0 && { experiment_ids: ids }),
    ...(run.length > 0 && { run_ids: [...run] }),
    ...(filter !== undefined && { filter }),
  }
}

/** A name counts before an id. */
async function experimentId(client: Client, nameOrId: string): Promise<string> {
  const { ApiError } = await import('@trackway/sdk')
  try {
    const { experiment } = await client.getExperimentByName({ experiment_name: nameOrId })
    return experiment.experiment_id
  } catch (error) {
    const isId = /^\d+$/.test(nameOrId)
    if (!(error instanceof ApiError) || error.code !== 'RESOURCE_DOES_NOT_EXIST' || !isId) throw error
    const { experiment } = await client.getExperiment({ experiment_id: nameOrId })
    return experiment.experiment_id
  }
}
