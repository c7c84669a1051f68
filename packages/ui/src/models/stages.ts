import type { RegisteredModelSettings, Stage } from '@trackway/sdk'

export const stages = ['None', 'Staging', 'Production', 'Archived'] as const satisfies readonly Stage[]

/** Whether a move needs somebody's approval by the rules of the model. */
export function needsApproval(settings: RegisteredModelSettings | undefined, from: Stage, to: Stage): boolean {
  return (settings?.approvals ?? []).some(
    (rule) =>
      rule.to_stage === to && (rule.from_stage === undefined || rule.from_stage === '' || rule.from_stage === from),
  )
}

/** Whether other versions can be archived by a move there: only where versions are in use. */
export function canArchive(stage: Stage): boolean {
  return stage === 'Staging' || stage === 'Production'
}
