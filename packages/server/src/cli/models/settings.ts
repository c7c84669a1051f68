import type { RegisteredModelSettings } from '@trackway/sdk'

import { UsageError } from '../../flags.ts'
import { clientCommand } from '../client/client-command.ts'
import { writeDone } from '../client/output.ts'
import { nameArgument } from './model-arguments.ts'
import { requireModel, stageNames } from './model-reference.ts'

export const modelSettings = clientCommand({
  name: 'settings',
  summary: "Show or change which of a model's transitions need approval.",
  description: ['Without a flag it shows them. Rules that are given replace those that were there.'],
  examples: [
    { what: 'what needs approval', line: 'trackway models settings churn' },
    {
      what: 'approval into Production, by somebody else than who asks',
      line: 'trackway models settings churn --require-approval Production --no-allow-self-approval',
    },
    { what: 'only out of Staging', line: 'trackway models settings churn --require-approval Staging:Production' },
    { what: 'no approvals any more', line: 'trackway models settings churn --no-approvals' },
  ],
  args: { name: nameArgument },
  flags: {
    requireApproval: {
      name: 'require-approval',
      type: 'repeated',
      placeholder: '[FROM:]STAGE',
      help: 'Transitions into this stage need approval, out of any stage or of FROM. May be given again.',
    },
    noApprovals: { name: 'no-approvals', type: 'boolean', help: 'Takes all rules away.' },
    allowSelfApproval: {
      name: 'allow-self-approval',
      type: 'boolean',
      help: 'Who asked may approve it, too; --no-allow-self-approval forbids it again.',
    },
  },
  run: async ({ client, terminal, output, args, values, sources }) => {
    const name = requireModel(args.name)
    if (values.noApprovals && values.requireApproval.length > 0) {
      throw new UsageError('--no-approvals and --require-approval say opposite things.')
    }
    const approvals = values.noApprovals ? [] : values.requireApproval.map(parseRule)
    const change = {
      ...((values.noApprovals || approvals.length > 0) && { approvals }),
      ...(sources.allowSelfApproval !== undefined && { allow_self_approval: values.allowSelfApproval }),
    }
    const { settings } =
      Object.keys(change).length === 0
        ? await client.getRegisteredModelSettings({ name })
        : await client.updateRegisteredModelSettings({ name, ...change })
    await writeDone({ terminal, output }, `${name}: ${approvalsText(settings)}.`, settings)
  },
})

/** Such as `approval into Production, by somebody else than who asked`. */
export function approvalsText({ approvals = [], allow_self_approval: own }: RegisteredModelSettings): string {
  if (approvals.length === 0) return 'no transition needs approval'
  const rules = approvals.map(({ from_stage: from, to_stage: to }) =>
    from === undefined ? `into ${to}` : `from ${from} into ${to}`,
  )
  return `approval ${rules.join(', ')}${own ? ', also by who asked' : ', by somebody else than who asked'}`
}

function parseRule(text: string): { to_stage: string; from_stage?: string } {
  const [to = '', from] = text.split(':').toReversed()
  const stage = (given: string): string => {
    const found = stageNames.find((each) => each.toLowerCase() === given.toLowerCase())
    if (found !== undefined) return found
    throw new UsageError(`--require-approval takes STAGE or FROM:STAGE of ${stageNames.join(', ')}, got '${text}'.`)
  }
  return { to_stage: stage(to), ...(from !== undefined && { from_stage: stage(from) }) }
}
