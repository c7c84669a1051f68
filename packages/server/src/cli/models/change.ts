import { clientCommand } from '../client/client-command.ts'
import { confirmDeletion, yesFlag } from '../client/confirmation.ts'
import { CommandError } from '../client/failure.ts'
import { writeDone } from '../client/output.ts'
import { modelArgument, nameArgument, textArgument } from './model-arguments.ts'
import { parseReference, requireModel, resolveVersion } from './model-reference.ts'
import { parseTag } from './tag-argument.ts'

export const createModel = clientCommand({
  name: 'create',
  summary: 'Make a registered model, without versions yet.',
  examples: [{ what: '', line: 'trackway models create churn --description "Who leaves" --tag team=growth' }],
  args: { name: nameArgument },
  flags: {
    description: { name: 'description', type: 'string', help: 'What it is for.' },
    tag: { name: 'tag', type: 'repeated', placeholder: 'KEY=VALUE', help: 'A tag; may be given again.' },
  },
  run: async ({ client, terminal, output, args: { name }, values: { description, tag } }) => {
    const { registered_model: model } = await client.createRegisteredModel({
      name,
      ...(description !== undefined && { description }),
      ...(tag.length > 0 && { tags: tag.map(parseTag) }),
    })
    await writeDone({ terminal, output }, `Made ${model.name}.`, model)
  },
})

export const renameModel = clientCommand({
  name: 'rename',
  summary: 'Give a model, with its versions, another name.',
  examples: [{ what: '', line: 'trackway models rename churn churn-eu' }],
  args: { name: nameArgument, newName: { name: 'NEW_NAME', help: 'Its new name.' } },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const name = requireModel(args.name)
    const { registered_model: model } = await client.renameRegisteredModel({ name, new_name: args.newName })
    await writeDone({ terminal, output }, `${name} is ${model.name} now.`, model)
  },
})

export const describeModel = clientCommand({
  name: 'describe',
  summary: 'Set the description of a model or a version.',
  examples: [
    { what: '', line: 'trackway models describe churn "Who leaves within 30 days"' },
    { what: 'from a file', line: 'trackway models describe churn/3 - < release-notes.md' },
  ],
  args: { model: modelArgument, text: textArgument },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const { name, version } = parseReference(args.model)
    const description = args.text === '-' ? (await terminal.readInput()).trimEnd() : args.text
    if (version === undefined) {
      const { registered_model: model } = await client.updateRegisteredModel({ name, description })
      return writeDone({ terminal, output }, `Described ${name}.`, model)
    }
    const ref = await resolveVersion(client, { name, version })
    const { model_version: described } = await client.updateModelVersion({ ...ref, description })
    await writeDone({ terminal, output }, `Described ${name}/${ref.version}.`, described)
  },
})

export const deleteModel = clientCommand({
  name: 'delete',
  summary: 'Delete a model with all its versions, or one version.',
  description: [
    'Asks for the name to be typed, unless --yes is given. A version goes by its number only, so that nobody deletes ' +
      'what an alias or a stage has come to mean meanwhile. Files of versions stay where they are.',
  ],
  examples: [
    { what: 'one version', line: 'trackway models delete churn/3' },
    { what: 'a model, from a script', line: 'trackway models delete churn --yes' },
  ],
  args: { model: modelArgument },
  flags: yesFlag,
  run: async ({ client, terminal, output, args, values: { yes } }) => {
    const { name, version } = parseReference(args.model)
    if (version === undefined) {
      await client.getRegisteredModel({ name })
      await confirmDeletion(terminal, { what: `the model ${name} with all its versions`, name, yes })
      const reply = await client.deleteRegisteredModel({ name })
      return writeDone({ terminal, output }, `Deleted ${name}.`, reply)
    }
    if (version.by !== 'number') {
      const ref = await resolveVersion(client, { name, version })
      throw new CommandError(`Deletes no version by alias or stage: this one is ${name}/${ref.version}.`)
    }
    const ref = `${name}/${version.number}`
    const { model_version: found } = await client.getModelVersion({ name, version: version.number })
    const stage = found.current_stage === 'None' ? '' : `, which is in ${found.current_stage}`
    await confirmDeletion(terminal, { what: `the version ${ref}${stage}`, name: ref, yes })
    const reply = await client.deleteModelVersion({ name, version: version.number })
    await writeDone({ terminal, output }, `Deleted ${ref}.`, reply)
  },
})
