import { clientCommand } from '../client/client-command.ts'
import { writeDone } from '../client/output.ts'
import { modelArgument, nameArgument, versionArgument } from './model-arguments.ts'
import { parseReference, requireModel, requireVersion, resolveVersion } from './model-reference.ts'
import { parseTag } from './tag-argument.ts'

const aliasArgument = { name: 'ALIAS', help: 'The alias: letters, digits, _ and -.' } as const

export const tagModel = clientCommand({
  name: 'tag',
  summary: 'Set tags of a model or a version.',
  examples: [
    { what: '', line: 'trackway models tag churn team=growth task=classification' },
    { what: '', line: 'trackway models tag churn/3 validated=yes' },
  ],
  args: {
    model: modelArgument,
    tags: { name: 'KEY=VALUE', help: 'A tag; its value may be empty.', repeated: true },
  },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const { name, version } = parseReference(args.model)
    const tags = args.tags.map(parseTag)
    const ref = version === undefined ? undefined : await resolveVersion(client, { name, version })
    for (const tag of tags) {
      if (ref === undefined) await client.setRegisteredModelTag({ name, ...tag })
      else await client.setModelVersionTag({ ...ref, ...tag })
    }
    await writeDone({ terminal, output }, `Tagged ${ref === undefined ? name : `${name}/${ref.version}`}.`, {})
  },
})

export const untagModel = clientCommand({
  name: 'untag',
  summary: 'Remove tags of a model or a version.',
  examples: [{ what: '', line: 'trackway models untag churn/3 validated' }],
  args: { model: modelArgument, keys: { name: 'KEY', help: "A tag's key.", repeated: true } },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const { name, version } = parseReference(args.model)
    const ref = version === undefined ? undefined : await resolveVersion(client, { name, version })
    for (const key of args.keys) {
      if (ref === undefined) await client.deleteRegisteredModelTag({ name, key })
      else await client.deleteModelVersionTag({ ...ref, key })
    }
    await writeDone({ terminal, output }, `Untagged ${ref === undefined ? name : `${name}/${ref.version}`}.`, {})
  },
})

export const aliasVersion = clientCommand({
  name: 'alias',
  summary: 'Point an alias at a version, away from the one it named before.',
  examples: [
    { what: 'models:/churn@champion is version 3 from now on', line: 'trackway models alias churn/3 champion' },
    { what: 'the challenger has won', line: 'trackway models alias churn@challenger champion' },
  ],
  args: { version: versionArgument, alias: aliasArgument },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const ref = await resolveVersion(client, requireVersion(args.version))
    const reply = await client.setRegisteredModelAlias({ ...ref, alias: args.alias })
    await writeDone({ terminal, output }, `${ref.name}@${args.alias} is ${ref.name}/${ref.version} now.`, reply)
  },
})

export const unaliasVersion = clientCommand({
  name: 'unalias',
  summary: 'Remove an alias.',
  examples: [{ what: '', line: 'trackway models unalias churn champion' }],
  args: { name: nameArgument, alias: aliasArgument },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const name = requireModel(args.name)
    const reply = await client.deleteRegisteredModelAlias({ name, alias: args.alias })
    await writeDone({ terminal, output }, `${name}@${args.alias} names no version any more.`, reply)
  },
})
