import type { Client, Stage } from '@trackway/sdk'

import { UsageError } from '../../flags.ts'
import { CommandError } from '../client/failure.ts'

export const stageNames = ['None', 'Staging', 'Production', 'Archived'] as const satisfies readonly Stage[]

/** What a user means by NAME, NAME/3, NAME@champion, NAME/Production or NAME/latest. */
export interface ModelReference {
  readonly name: string
  /** Undefined for the model as a whole. */
  readonly version?: VersionChoice
}

type VersionChoice =
  | { readonly by: 'number'; readonly number: string }
  | { readonly by: 'alias'; readonly alias: string }
  | { readonly by: 'stage'; readonly stage: Stage }
  | { readonly by: 'latest' }

/** Reads a reference, also as the URI `models:/NAME/3` of MLflow's clients.
 * @throws UsageError where what follows the name is no version. */
export function parseReference(text: string): ModelReference {
  const bare = text.replace(/^models:\/+/, '')
  const slash = bare.indexOf('/')
  if (slash === -1) {
    // Names may hold an @, aliases may not.
    const [, name, alias] = /^(.+)@([\w-]+)$/.exec(bare) ?? []
    return name === undefined || alias === undefined
      ? { name: checkName(bare, text) }
      : { name: checkName(name, text), version: { by: 'alias', alias } }
  }
  const name = checkName(bare.slice(0, slash), text)
  const rest = bare.slice(slash + 1)
  if (rest === '') return { name }
  if (/^\d+$/.test(rest)) return { name, version: { by: 'number', number: rest } }
  if (rest.toLowerCase() === 'latest') return { name, version: { by: 'latest' } }
  const stage = stageNames.find((each) => each.toLowerCase() === rest.toLowerCase())
  if (stage !== undefined) return { name, version: { by: 'stage', stage } }
  throw new UsageError(
    `'${rest}' in '${text}' is no version: give its number, latest or a stage (${stageNames.join(', ')}), ` +
      `or an alias as ${name}@${rest}.`,
  )
}

function checkName(name: string, text: string): string {
  if (name === '') throw new UsageError(`'${text}' names no model.`)
  return name
}

/** @throws UsageError where the reference names the model as a whole. */
export function requireVersion(text: string): Required<ModelReference> {
  const { name, version } = parseReference(text)
  if (version === undefined) throw new UsageError(`Which version of ${name}? Give ${name}/3, say, or ${name}@champion.`)
  return { name, version }
}

/** @throws UsageError where the reference names a version. */
export function requireModel(text: string): string {
  const { name, version } = parseReference(text)
  if (version !== undefined) throw new UsageError(`'${text}' is one version: this takes the model, ${name}.`)
  return name
}

/** The version that is meant, as the calls of the wire take it. A number is not looked up. */
export async function resolveVersion(
  client: Client,
  { name, version }: Required<ModelReference>,
): Promise<{ name: string; version: string }> {
  switch (version.by) {
    case 'number':
      return { name, version: version.number }
    case 'alias': {
      const { model_version: found } = await client.getModelVersionByAlias({ name, alias: version.alias })
      return { name, version: found.version }
    }
    case 'stage':
    case 'latest': {
      const stages = version.by === 'stage' ? [version.stage] : []
      const { model_versions: found = [] } = await client.getLatestVersions({ name, stages })
      const [newest] = found.toSorted((one, other) => Number(other.version) - Number(one.version))
      if (newest === undefined) {
        throw new CommandError(
          `No version of ${name}${version.by === 'stage' ? ` is in ${version.stage}` : ' exists'}.`,
        )
      }
      return { name, version: newest.version }
    }
  }
}

/** A filter that finds what belongs to one model, whatever its name holds. */
export function nameFilter(name: string): string {
  const quote = name.includes("'") ? '"' : "'"
  return `name = ${quote}${name}${quote}`
}
