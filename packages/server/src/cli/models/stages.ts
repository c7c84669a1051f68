import type { Flags } from '../../flags.ts'
import { clientCommand } from '../client/client-command.ts'
import { limited, pageSize, writeDone, writeList } from '../client/output.ts'
import { limitFlag, stageArgument, textArgument, versionArgument } from './model-arguments.ts'
import { activityColumns } from './model-columns.ts'
import { requireVersion, resolveVersion } from './model-reference.ts'

const commentFlag = {
  comment: { name: 'comment', short: 'm', type: 'string', help: 'Why; kept in the activity log.' },
} as const satisfies Flags

const archiveFlag = {
  archiveExisting: {
    name: 'archive-existing',
    type: 'boolean',
    help: 'Versions that are in this stage now become Archived.',
  },
} as const satisfies Flags

const target = { version: versionArgument, stage: stageArgument } as const

export const transitionVersion = clientCommand({
  name: 'transition',
  summary: 'Move a version to a stage.',
  description: ['Refused where the model demands approval for it: then it is `request` by one, `approve` by another.'],
  examples: [
    { what: '', line: 'trackway models transition churn/3 Staging' },
    {
      what: 'in the place of what is there',
      line: 'trackway models transition churn@champion Production --archive-existing --comment "Wins by 2 %"',
    },
  ],
  args: target,
  flags: { ...archiveFlag, ...commentFlag },
  run: async ({ client, terminal, output, args: { version, stage }, values: { archiveExisting, comment } }) => {
    const ref = await resolveVersion(client, requireVersion(version))
    const change = { ...ref, stage, archive_existing_versions: archiveExisting }
    // MLflow's own call, which any server has, knows no comment.
    const moved =
      comment === undefined
        ? (await client.transitionModelVersionStage(change)).model_version
        : (await client.transitionDatabricksStage({ ...change, comment })).model_version_databricks
    await writeDone({ terminal, output }, `${ref.name}/${ref.version} is in ${moved.current_stage} now.`, moved)
  },
})

export const requestTransition = clientCommand({
  name: 'request',
  summary: 'Ask that a version be moved to a stage.',
  examples: [{ what: '', line: 'trackway models request churn/3 Production --comment "Passed all checks"' }],
  args: target,
  flags: commentFlag,
  run: async ({ client, terminal, output, args: { version, stage }, values: { comment } }) => {
    const ref = await resolveVersion(client, requireVersion(version))
    const { request } = await client.createTransitionRequest({
      ...ref,
      stage,
      ...(comment !== undefined && { comment }),
    })
    const sentence = `Asked for ${stage} for ${ref.name}/${ref.version}; somebody approves it by \`trackway models approve\`.`
    await writeDone({ terminal, output }, sentence, request)
  },
})

export const listRequests = clientCommand({
  name: 'requests',
  summary: 'List what is asked for of a version, the oldest first.',
  examples: [{ what: '', line: 'trackway models requests churn/3' }],
  args: { version: versionArgument },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const ref = await resolveVersion(client, requireVersion(args.version))
    const { requests = [] } = await client.listTransitionRequests(ref)
    await writeList(
      { terminal, output },
      requests,
      activityColumns,
      `Nothing is asked for of ${ref.name}/${ref.version}.`,
    )
  },
})

export const approveTransition = clientCommand({
  name: 'approve',
  summary: 'Approve what was asked for: the version moves.',
  examples: [{ what: '', line: 'trackway models approve churn/3 Production --archive-existing --comment "Go"' }],
  args: target,
  flags: { ...archiveFlag, ...commentFlag },
  run: async ({ client, terminal, output, args: { version, stage }, values: { archiveExisting, comment } }) => {
    const ref = await resolveVersion(client, requireVersion(version))
    const { activity } = await client.approveTransitionRequest({
      ...ref,
      stage,
      archive_existing_versions: archiveExisting,
      ...(comment !== undefined && { comment }),
    })
    await writeDone({ terminal, output }, `Approved: ${ref.name}/${ref.version} is in ${stage} now.`, activity)
  },
})

export const rejectTransition = clientCommand({
  name: 'reject',
  summary: 'Reject what was asked for: the version stays.',
  examples: [{ what: '', line: 'trackway models reject churn/3 Production --comment "Not calibrated"' }],
  args: target,
  flags: commentFlag,
  run: async ({ client, terminal, output, args: { version, stage }, values: { comment } }) => {
    const ref = await resolveVersion(client, requireVersion(version))
    const reason = comment !== undefined && { comment }
    const { activity } = await client.rejectTransitionRequest({ ...ref, stage, ...reason })
    await writeDone({ terminal, output }, `Rejected ${stage} for ${ref.name}/${ref.version}.`, activity)
  },
})

export const withdrawRequest = clientCommand({
  name: 'withdraw',
  summary: 'Take a request back.',
  examples: [{ what: '', line: 'trackway models withdraw churn/3 Production' }],
  args: target,
  flags: {
    creator: { name: 'creator', type: 'string', placeholder: 'USER', help: 'Who asked; you when absent.' },
    ...commentFlag,
  },
  run: async ({ client, terminal, output, args: { version, stage }, values: { creator, comment } }) => {
    const ref = await resolveVersion(client, requireVersion(version))
    const { activity } = await client.deleteTransitionRequest({
      ...ref,
      stage,
      ...(creator !== undefined && { creator }),
      ...(comment !== undefined && { comment }),
    })
    await writeDone({ terminal, output }, `${stage} is not asked for of ${ref.name}/${ref.version} any more.`, activity)
  },
})

export const commentVersion = clientCommand({
  name: 'comment',
  summary: 'Comment on a version.',
  examples: [
    { what: '', line: 'trackway models comment churn/3 "AUC 0.91 on the January cohort"' },
    { what: 'a report of CI', line: 'trackway models comment churn/3 - < report.md' },
  ],
  args: { version: versionArgument, text: textArgument },
  flags: {},
  run: async ({ client, terminal, output, args }) => {
    const ref = await resolveVersion(client, requireVersion(args.version))
    const text = args.text === '-' ? (await terminal.readInput()).trimEnd() : args.text
    const { comment } = await client.createComment({ ...ref, comment: text })
    await writeDone({ terminal, output }, `Commented on ${ref.name}/${ref.version}.`, comment)
  },
})

export const showActivity = clientCommand({
  name: 'activity',
  summary: 'Who did what with a version, when and why, the newest first.',
  examples: [{ what: '', line: 'trackway models activity churn/3' }],
  args: { version: versionArgument },
  flags: limitFlag,
  run: async ({ client, terminal, output, args, values: { limit } }) => {
    const { paginate } = await import('@trackway/sdk')
    const ref = await resolveVersion(client, requireVersion(args.version))
    const found = paginate(client, 'listModelVersionActivities', { ...ref, max_results: pageSize(limit) })
    const none = `Nothing was done with ${ref.name}/${ref.version} yet.`
    await writeList({ terminal, output }, limited(found, limit), activityColumns, none)
  },
})
