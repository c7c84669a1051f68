import type { Client, RegisteredModelSettings } from '@trackway/sdk'

import { clientCommand } from '../client/client-command.ts'
import type { Output } from '../client/output.ts'
import { inOneLine, writeFacts, writeTitle } from '../terminal/facts.ts'
import { jsonText } from '../terminal/json-text.ts'
import { localTime } from '../terminal/local-time.ts'
import { writeTable } from '../terminal/table.ts'
import { modelArgument } from './model-arguments.ts'
import { aliasesText, statusText, versionColumns, withAliases } from './model-columns.ts'
import { nameFilter, parseReference, resolveVersion } from './model-reference.ts'
import { approvalsText } from './settings.ts'

const shownVersions = 10

export const showModel = clientCommand({
  name: 'show',
  summary: 'Show a model, or one version of it.',
  examples: [
    { what: 'a model with its newest versions', line: 'trackway models show churn' },
    { what: 'a version, by number, alias or stage', line: 'trackway models show churn/3' },
    { what: '', line: 'trackway models show churn@champion' },
    { what: '', line: 'trackway models show churn/Production' },
    {
      what: 'the version in Production, for scripts',
      line: 'trackway models show churn/Production -o json | jq -r .version',
    },
  ],
  args: { model: modelArgument },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const { name, version } = parseReference(args.model)
    if (version === undefined) await showWhole(client, { terminal, output }, name)
    else await showVersion(client, { terminal, output }, await resolveVersion(client, { name, version }))
  },
})

async function showWhole(client: Client, { terminal, output }: Output, name: string): Promise<void> {
  const { registered_model: model } = await client.getRegisteredModel({ name })
  if (output === 'json') return terminal.write(`${jsonText(model, 2)}\n`)
  const [settings, { model_versions: versions = [], next_page_token: more }] = await Promise.all([
    ifKnown(client.getRegisteredModelSettings({ name })),
    client.searchModelVersions({
      filter: nameFilter(name),
      order_by: ['version_number DESC'],
      max_results: shownVersions,
    }),
  ])
  await writeTitle(terminal, model.name, model.description)
  await writeFacts(terminal, [
    ['Created', byText(model.creation_timestamp, model.user_id)],
    ['Updated', localTime(model.last_updated_timestamp)],
    ['Tags', tagsText(model.tags)],
    ['Aliases', aliasesText(model)],
    ['Needs', rulesText(settings?.settings)],
  ])
  if (versions.length === 0) return
  await terminal.write('\n')
  await writeTable(
    terminal,
    versionColumns,
    versions.map((version) => withAliases(version, model)),
  )
  if (more) await terminal.write(`\nOlder ones: trackway models versions ${name}\n`)
}

async function showVersion(
  client: Client,
  { terminal, output }: Output,
  ref: { name: string; version: string },
): Promise<void> {
  const { model_version: version } = await client.getModelVersion(ref)
  if (output === 'json') return terminal.write(`${jsonText(version, 2)}\n`)
  const open = (await ifKnown(client.listTransitionRequests(ref)))?.requests ?? []
  await writeTitle(terminal, `${version.name}/${version.version}`, version.description)
  await writeFacts(terminal, [
    ['Stage', version.current_stage],
    ['Asked for', open.map((request) => `${request.to_stage ?? ''} by ${request.user_id || 'somebody'}`).join(', ')],
    ['Aliases', version.aliases?.join(', ')],
    ['Status', statusText(version)],
    ['Created', byText(version.creation_timestamp, version.user_id)],
    ['Updated', localTime(version.last_updated_timestamp)],
    ['Tags', tagsText(version.tags)],
    ['Source', version.source],
    ['Run', version.run_id],
    ['Run link', version.run_link],
    ['Logged model', version.model_id],
  ])
}

/** What a call gives; undefined from a server that lacks it, such as MLflow's. */
async function ifKnown<T>(call: Promise<T>): Promise<T | undefined> {
  const { ApiError } = await import('@trackway/sdk')
  try {
    return await call
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ENDPOINT_NOT_FOUND') return undefined
    throw error
  }
}

function byText(time: number | bigint, user: string | undefined): string {
  return `${localTime(time)}${user ? ` by ${user}` : ''}`
}

function rulesText(settings: RegisteredModelSettings | undefined): string | undefined {
  return settings?.approvals === undefined || settings.approvals.length === 0 ? undefined : approvalsText(settings)
}

function tagsText(tags: readonly { readonly key: string; readonly value: string }[] = []): string {
  return inOneLine(tags.map(({ key, value }) => `${key}=${value}`))
}
