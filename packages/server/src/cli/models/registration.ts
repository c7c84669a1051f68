import type { Client } from '@trackway/sdk'

import { UsageError } from '../../flags.ts'
import { clientCommand } from '../client/client-command.ts'
import { CommandError } from '../client/failure.ts'
import { writeDone } from '../client/output.ts'
import { writeFacts, writeTitle } from '../terminal/facts.ts'
import { jsonText } from '../terminal/json-text.ts'
import { nameArgument, versionArgument } from './model-arguments.ts'
import { requireModel, requireVersion, resolveVersion } from './model-reference.ts'
import { parseTag } from './tag-argument.ts'

export const registerVersion = clientCommand({
  name: 'register',
  summary: 'Make the next version of a model.',
  description: [
    "SOURCE is what MLflow's register_model takes: runs:/RUN_ID/PATH for what a run logged, models:/MODEL_ID for a " +
      'logged model, models:/NAME/3 for a copy of a version. Any other URI is taken as it is, with --run-id where ' +
      'a run made it. The model itself is made where it is missing.',
  ],
  examples: [
    {
      what: 'what a run logged as "model"',
      line: 'trackway models register churn runs:/4f8a1c7e9b2d4e6f8a0b1c2d3e4f5a6b/model',
    },
    {
      what: 'a logged model, with the commit of CI; prints the number alone',
      line:
        'trackway models register churn models:/m-0123456789abcdef0123456789abcdef --tag "commit=$GITHUB_SHA" ' +
        '-o json | jq -r .version',
    },
  ],
  args: { name: nameArgument, source: { name: 'SOURCE', help: 'Where its files come from: a URI.' } },
  flags: {
    runId: { name: 'run-id', type: 'string', placeholder: 'ID', help: 'The run that made it.' },
    description: { name: 'description', type: 'string', help: 'What is new in it.' },
    tag: { name: 'tag', type: 'repeated', placeholder: 'KEY=VALUE', help: 'A tag; may be given again.' },
  },
  run: async ({ client, terminal, output, args, values: { runId, description, tag } }) => {
    const name = requireModel(args.name)
    const tags = tag.map(parseTag)
    const source = await sourceOf(client, args.source)
    await makeIfMissing(client, name)
    const { model_version: version } = await client.createModelVersion({
      name,
      ...source,
      ...(runId !== undefined && { run_id: runId }),
      ...(description !== undefined && { description }),
      ...(tags.length > 0 && { tags }),
    })
    await writeDone({ terminal, output }, `Registered ${version.name}/${version.version}.`, version)
  },
})

async function makeIfMissing(client: Client, name: string): Promise<void> {
  const { ApiError } = await import('@trackway/sdk')
  try {
    await client.createRegisteredModel({ name })
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'RESOURCE_ALREADY_EXISTS')) throw error
  }
}

/** What a version is made of. MLflow 3 logs models beside runs: what a run logged may be a logged model of that name. */
async function sourceOf(client: Client, uri: string): Promise<{ source: string; run_id?: string; model_id?: string }> {
  const [, modelId] = /^models:\/+(m-[0-9a-f]{32})$/.exec(uri) ?? []
  if (modelId !== undefined) return { source: uri, model_id: modelId }
  const [, runId, path = ''] = /^runs:\/([^/]+)\/?(.*?)\/*$/.exec(uri) ?? []
  if (runId === undefined) return { source: uri }
  if (path === '') throw new UsageError(`'${uri}' names a run, not what it logged: give runs:/${runId}/model, say.`)
  const { run } = await client.getRun({ run_id: runId })
  const { models = [] } = await client.searchLoggedModels({
    experiment_ids: [run.info.experiment_id],
    filter: `source_run_id = '${runId}'`,
    order_by: [{ field_name: 'creation_timestamp', ascending: false }],
  })
  const logged = models.find(({ info }) => info.name === path)?.info.model_id
  if (logged !== undefined) return { source: `models:/${logged}`, run_id: runId, model_id: logged }
  const { files = [] } = await client.listArtifacts({ run_id: runId, path })
  if (files.length === 0) throw new CommandError(`The run ${runId} logged nothing as '${path}'.`)
  return { source: `${(run.info.artifact_uri ?? '').replace(/\/+$/, '')}/${path}`, run_id: runId }
}

export const showLineage = clientCommand({
  name: 'lineage',
  summary: 'What a version was made from: run, experiment, code, datasets and logged model.',
  examples: [{ what: '', line: 'trackway models lineage churn@champion' }],
  args: { version: versionArgument },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const ref = await resolveVersion(client, requireVersion(args.version))
    const lineage = await client.getModelVersionLineage(ref)
    if (output === 'json') return terminal.write(`${jsonText(lineage, 2)}\n`)
    const { run, code, logged_model: logged, datasets = [], source_version: copied } = lineage
    await writeTitle(terminal, `${ref.name}/${ref.version}`)
    await writeFacts(terminal, [
      ['Copy of', copied && `${copied.name}/${copied.version}`],
      ['Logged model', logged && `${logged.name} (${logged.model_id})`],
      ['Files', logged?.artifact_uri],
      ['Run', run && `${run.run_name} (${run.run_id})`],
      ['Run status', run && `${run.status.toLowerCase()}${run.user_id ? ` by ${run.user_id}` : ''}`],
      ['Run deleted', run?.lifecycle_stage === 'deleted' ? 'yes' : undefined],
      ['Experiment', run && `${run.experiment_name} (${run.experiment_id})`],
      ['Source code', code?.source_name],
      ['Git commit', code && [code.git_commit, code.git_branch && `on ${code.git_branch}`].filter(Boolean).join(' ')],
      ['Repository', code?.git_repository],
      ...datasets.map(({ dataset, context }): [string, string] => [
        context ? `Data (${context})` : 'Data',
        `${dataset.name} ${dataset.digest}`,
      ]),
    ])
    if (Object.keys(lineage).length === 0) terminal.warn('The server knows neither run nor logged model of it.')
  },
})

export const showDownloadUri = clientCommand({
  name: 'download-uri',
  summary: "Print where a version's files lie.",
  examples: [
    { what: '', line: 'trackway models download-uri churn/Production' },
    { what: 'the files themselves', line: 'mlflow artifacts download -u "models:/churn/Production"' },
  ],
  args: { version: versionArgument },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const ref = await resolveVersion(client, requireVersion(args.version))
    const reply = await client.getModelVersionDownloadUri(ref)
    await writeDone({ terminal, output }, reply.artifact_uri, reply)
  },
})
