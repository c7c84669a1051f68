import { invalidParameter } from '@trackway/api'
import type { RegisteredModelSettings, Stage } from '@trackway/api'

import { authorOf } from '../access/caller.ts'
import type { Handlers } from '../handlers.ts'
import { checkLength, checkMaxResults } from '../tracking/rules.ts'
import { canonicalStage, checkModelName, versionNumber } from './rules.ts'
import type { RegistryStore, Transition } from './store.ts'

type TransitionHandlers = Pick<
  Handlers,
  | 'transitionModelVersionStage'
  | 'transitionDatabricksStage'
  | 'createTransitionRequest'
  | 'listTransitionRequests'
  | 'searchTransitionRequests'
  | 'approveTransitionRequest'
  | 'rejectTransitionRequest'
  | 'deleteTransitionRequest'
  | 'createComment'
  | 'updateComment'
  | 'deleteComment'
  | 'listModelVersionActivities'
  | 'getRegisteredModelSettings'
  | 'updateRegisteredModelSettings'
>

/** In characters: what Databricks' column for them holds. */
const maxCommentLength = 65_535
const defaultPage = 100

export function createTransitionHandlers({
  transitions: store,
}: Pick<RegistryStore, 'transitions'>): TransitionHandlers {
  return {
    async transitionModelVersionStage(request, caller) {
      return { model_version: await store.apply(checkTransition(request), authorOf(caller)) }
    },

    async transitionDatabricksStage(request, caller) {
      return { model_version_databricks: await store.apply(checkTransition(request), authorOf(caller)) }
    },

    async createTransitionRequest(request, caller) {
      return { request: await store.request(checkStageOf(request), authorOf(caller)) }
    },

    async listTransitionRequests(request) {
      const { name, version } = checkVersion(request)
      return { requests: [...(await store.openRequests(name, version))] }
    },

    async searchTransitionRequests({ states = [], name, max_results, page_token }) {
      const page = await store.searchRequests({
        states: states.length === 0 ? ['OPEN'] : [...new Set(states)].sort(),
        name: name || undefined,
        maxResults: checkMaxResults(Number(max_results ?? defaultPage), 1000),
        pageToken: page_token || undefined,
      })
      return { requests: [...page.items], next_page_token: page.token ?? undefined }
    },

    async approveTransitionRequest(request, caller) {
      return { activity: await store.approve(checkTransition(request), authorOf(caller)) }
    },

    async rejectTransitionRequest(request, caller) {
      return { activity: await store.reject(checkStageOf(request), authorOf(caller)) }
    },

    async deleteTransitionRequest(request, caller) {
      // As callers' names are spelled.
      const creator = (request.creator || caller.user).normalize('NFC')
      const requested = { ...checkStageOf(request), creator }
      return { activity: await store.withdraw(requested, authorOf(caller)) }
    },

    async createComment(request, caller) {
      const { name, version } = checkVersion(request)
      return { comment: await store.comment(name, version, checkComment(request.comment), authorOf(caller)) }
    },

    async updateComment({ id, comment }, caller) {
      return { comment: await store.changeComment(id, checkComment(comment), authorOf(caller)) }
    },

    async deleteComment({ id }, caller) {
      await store.deleteComment(id, authorOf(caller))
      return {}
    },

    async listModelVersionActivities(request) {
      const { name, version } = checkVersion(request)
      const page = await store.activities(name, version, {
        maxResults: checkMaxResults(Number(request.max_results ?? defaultPage), 1000),
        pageToken: request.page_token || undefined,
      })
      return { activities: [...page.items], next_page_token: page.token ?? undefined }
    },

    async getRegisteredModelSettings({ name }) {
      checkModelName(name)
      return { settings: await store.settings(name) }
    },

    async updateRegisteredModelSettings({ name, approvals, allow_self_approval }, caller) {
      checkModelName(name)
      const change = {
        ...(approvals && { approvals: approvals.map(checkRule) }),
        ...(allow_self_approval !== undefined && { allow_self_approval }),
      }
      return { settings: await store.changeSettings(name, change, authorOf(caller)) }
    },
  }
}

interface VersionRequest {
  readonly name: string
  readonly version: string
}

interface StageRequest extends VersionRequest {
  readonly stage: string
  readonly comment?: string | undefined
}

function checkVersion({ name, version }: VersionRequest): { readonly name: string; readonly version: number } {
  checkModelName(name)
  return { name, version: versionNumber(version) }
}

/** The stage is checked first, as in MLflow. */
function checkStageOf(request: StageRequest): Omit<Transition, 'archiveExisting'> {
  const stage = canonicalStage(request.stage)
  const { name, version } = checkVersion(request)
  if (request.comment !== undefined) checkLength('comment', request.comment, maxCommentLength)
  return { name, version, stage, comment: request.comment || undefined }
}

function checkTransition(
  request: StageRequest & { readonly archive_existing_versions?: boolean | undefined },
): Transition {
  const checked = checkStageOf(request)
  const archiveExisting = request.archive_existing_versions ?? false
  if (archiveExisting) checkActive(checked.stage)
  return { ...checked, archiveExisting }
}

/** MLflow fails with an internal error here; the sentence is its own. */
function checkActive(stage: Stage): void {
  if (stage === 'Staging' || stage === 'Production') return
  throw invalidParameter(
    `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. ` +
      "Valid stages are ['Staging', 'Production']",
  )
}

function checkComment(comment: string): string {
  if (comment.trim() === '') throw invalidParameter("Missing value for required parameter 'comment'.")
  checkLength('comment', comment, maxCommentLength)
  return comment
}

type ApprovalRule = NonNullable<RegisteredModelSettings['approvals']>[number]

function checkRule({ to_stage, from_stage }: ApprovalRule): ApprovalRule {
  const to = canonicalStage(to_stage)
  if (!from_stage) return { to_stage: to }
  const from = canonicalStage(from_stage)
  if (from === to) {
    throw invalidParameter(`Invalid value for parameter 'approvals' supplied: from ${from} to ${to} is no transition.`)
  }
  return { to_stage: to, from_stage: from }
}
