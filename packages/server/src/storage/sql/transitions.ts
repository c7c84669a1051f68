import { isDeepStrictEqual } from 'node:util'

import type { TransitionStore } from '../../registry/store.ts'
import { readActivities, readOpenRequests, recordActivity } from './activities.ts'
import { checkNeedsNoApproval, readSettings, writeSettings } from './approval-rules.ts'
import type { Database } from './database.ts'
import { recordEvent } from './events.ts'
import { findVersion, readVersions } from './model-version-rows.ts'
import { findModel } from './registered-model-rows.ts'
import { changeStage } from './stage-changes.ts'
import { searchRequests } from './transition-request-search.ts'
import { approveTransition, rejectTransition, requestTransition, withdrawTransition } from './transition-requests.ts'
import { addComment, changeComment, deleteComment } from './version-comments.ts'

export function createTransitionStore(database: Database): TransitionStore {
  return {
    settings: (name) => database.snapshot(async (inner) => readSettings(inner, (await findModel(inner, name)).id)),

    changeSettings: (name, change, author) =>
      database.transaction(async (inner) => {
        const { id } = await findModel(inner, name)
        const before = await readSettings(inner, id)
        await writeSettings(inner, id, change)
        const settings = await readSettings(inner, id)
        if (!isDeepStrictEqual(before, settings)) {
          await recordEvent(inner, 'registered_model.settings_updated', author, { name, ...settings })
        }
        return settings
      }),

    apply: (transition, author) =>
      database.transaction(async (inner) => {
        const { name, version, stage, comment } = transition
        const found = await findVersion(inner, name, version)
        const moves = found.stage !== stage
        if (moves) await checkNeedsNoApproval(inner, found, stage)
        await changeStage(inner, found, transition, author)
        // A move to the version's own stage is none, but what was said of it is kept.
        if (moves || comment !== undefined) {
          await recordActivity(
            inner,
            { versionId: found.id, type: 'APPLIED_TRANSITION', from: found.stage, to: stage, comment },
            author,
          )
        }
        const [moved] = await readVersions(inner, [found.id])
        if (!moved) throw new Error('The version was not read')
        return moved
      }),

    request: (request, author) => database.transaction((inner) => requestTransition(inner, request, author)),
    approve: (transition, author) => database.transaction((inner) => approveTransition(inner, transition, author)),
    reject: (request, author) => database.transaction((inner) => rejectTransition(inner, request, author)),
    withdraw: (request, author) => database.transaction((inner) => withdrawTransition(inner, request, author)),

    openRequests: (name, version) =>
      database.snapshot(async (inner) => readOpenRequests(inner, (await findVersion(inner, name, version)).id)),

    searchRequests: (search) => searchRequests(database, search),

    comment: (name, version, comment, author) =>
      database.transaction((inner) => addComment(inner, name, version, comment, author)),
    changeComment: (id, comment, author) => database.transaction((inner) => changeComment(inner, id, comment, author)),
    deleteComment: (id, author) => database.transaction((inner) => deleteComment(inner, id, author)),

    activities: (name, version, page) =>
      database.snapshot(async (inner) => readActivities(inner, (await findVersion(inner, name, version)).id, page)),
  }
}
