import type { Argument } from '../../flags.ts'
import type { Flags } from '../../flags.ts'
import { stageNames } from './model-reference.ts'

export const nameArgument = { name: 'NAME', help: "The registered model's name." } as const satisfies Argument

export const modelArgument = {
  name: 'MODEL[/VERSION]',
  help: 'A registered model, as churn, or one of its versions, as churn/3 or churn@champion.',
} as const satisfies Argument

export const versionArgument = {
  name: 'MODEL/VERSION',
  help: 'A version, as churn/3, churn@champion, churn/Production or churn/latest.',
} as const satisfies Argument

export const stageArgument = {
  name: 'STAGE',
  help: 'The stage: None, Staging, Production or Archived.',
  choices: stageNames,
} as const satisfies Argument

export const textArgument = {
  name: 'TEXT',
  help: 'The text; - reads it from the standard input.',
} as const satisfies Argument

export const limitFlag = {
  limit: { name: 'limit', short: 'n', type: 'integer', min: 1, help: 'At most so many; all when absent.' },
} as const satisfies Flags
