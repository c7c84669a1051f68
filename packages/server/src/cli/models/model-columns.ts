import type { Activity, ModelVersion, RegisteredModel, Stage } from '@trackway/sdk'

import { localMinute, localTime } from '../terminal/local-time.ts'
import type { Column } from '../terminal/table.ts'
import type { Style } from '../terminal/terminal.ts'

export const modelColumns: readonly Column<RegisteredModel>[] = [
  { title: 'NAME', value: ({ name }) => name, style: () => 'bold' },
  { title: 'LATEST', value: latestVersion, align: 'right' },
  { title: 'STAGES', value: stagesText },
  { title: 'ALIASES', value: aliasesText },
  { title: 'UPDATED', value: (model) => localMinute(model.last_updated_timestamp), whole: true },
  { title: 'DESCRIPTION', value: ({ description = '' }) => description, spare: true },
]

export const versionColumns: readonly Column<ModelVersion>[] = [
  { title: 'VERSION', value: ({ version }) => version, align: 'right', style: () => 'bold' },
  {
    title: 'STAGE',
    value: (version) => version.current_stage,
    style: (version) => stageStyles[version.current_stage],
    whole: true,
  },
  { title: 'ALIASES', value: ({ aliases = [] }) => aliases.join(', ') },
  { title: 'STATUS', value: statusText },
  { title: 'BY', value: (version) => version.user_id ?? '' },
  { title: 'CREATED', value: (version) => localMinute(version.creation_timestamp), whole: true },
  { title: 'DESCRIPTION', value: ({ description }) => description ?? '', spare: true },
]

export const activityColumns: readonly Column<Activity>[] = [
  { title: 'WHEN', value: (activity) => localTime(activity.creation_timestamp), whole: true },
  { title: 'WHO', value: (activity) => activity.user_id || '-' },
  { title: 'WHAT', value: activityText, style: (activity) => activityStyles[activity.activity_type], whole: true },
  { title: 'COMMENT', value: (activity) => activity.comment ?? activity.system_comment ?? '' },
]

const stageStyles: Readonly<Partial<Record<Stage, Style>>> = {
  Staging: 'yellow',
  Production: 'green',
  Archived: 'dim',
}

const activityStyles: Readonly<Partial<Record<Activity['activity_type'], Style>>> = {
  APPLIED_TRANSITION: 'green',
  APPROVED_REQUEST: 'green',
  REQUESTED_TRANSITION: 'yellow',
  REJECTED_REQUEST: 'red',
}

const activityWords: Readonly<Record<Activity['activity_type'], string>> = {
  APPLIED_TRANSITION: 'moved',
  REQUESTED_TRANSITION: 'asked for',
  CANCELLED_REQUEST: 'withdrew',
  APPROVED_REQUEST: 'approved',
  REJECTED_REQUEST: 'rejected',
  SYSTEM_TRANSITION: 'moved by the server',
  NEW_COMMENT: 'commented',
}

/** Such as `approved Staging → Production`. */
function activityText({ activity_type: type, from_stage: from, to_stage: to }: Activity): string {
  const stages = [from, to].filter((stage) => stage !== undefined).join(' → ')
  return `${activityWords[type] ?? type} ${type === 'NEW_COMMENT' ? '' : stages}`.trim()
}

function latestVersion({ latest_versions: versions = [] }: RegisteredModel): string {
  return versions.length === 0 ? '-' : String(Math.max(...versions.map(({ version }) => Number(version))))
}

/** The newest version of each stage that means something: `Production 3, Staging 5`. */
function stagesText({ latest_versions: versions = [] }: RegisteredModel): string {
  const order: readonly Stage[] = ['Production', 'Staging', 'Archived']
  return order
    .flatMap((stage) => versions.filter((version) => version.current_stage === stage))
    .map((version) => `${version.current_stage} ${version.version}`)
    .join(', ')
}

/** A version with its aliases, which searches leave out and the model tells. */
export function withAliases(version: ModelVersion, { aliases = [] }: RegisteredModel): ModelVersion {
  const own = aliases.filter((one) => one.version === version.version).map(({ alias }) => alias)
  return own.length === 0 ? version : { ...version, aliases: own }
}

export function aliasesText({ aliases = [] }: RegisteredModel): string {
  return aliases.map(({ alias, version }) => `${alias} ${version}`).join(', ')
}

export function statusText({ status, status_message: reason }: ModelVersion): string {
  const word = status.replace('_REGISTRATION', '').toLowerCase()
  return reason ? `${word}: ${reason}` : word
}
