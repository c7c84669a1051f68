import type { Activity, Event } from '@trackway/api'

import type { Author } from '../../access/caller.ts'
import type { RegistryStore, Transition } from '../../registry/store.ts'
import type { Database } from './database.ts'
import { eventsAfter } from './events.ts'
import { createModelVersionStore } from './model-versions.ts'
import { findModel } from './registered-model-rows.ts'
import { createRegisteredModelStore } from './registered-models.ts'
import type { TestDatabase } from './test-engines.ts'
import { createTransitionStore } from './transitions.ts'

/** A registry on a database of its own, with short ways to fill it and to look into it. */
export interface TestTransitions extends RegistryStore {
  readonly database: Database
  /** Someone, each time one ms later than before. */
  by(user: string): Author
  /** A model with versions 1 to `count`. */
  newModel(name: string, count?: number): Promise<void>
  /** Applies a transition of a version of `m`. */
  move(version: number, stage: Transition['stage'], more?: Partial<Transition>, author?: Author): Promise<void>
  /** The stages of the versions 1, 2, … of `m`. */
  stages(): Promise<string[]>
  /** What was done with a version of `m`, the oldest first. */
  log(version: number): Promise<Activity[]>
  /** Events since the last call, without those of models and versions being made. */
  news(): Promise<Event[]>
  close(): Promise<void>
}

export function createTestTransitions({ database, close }: TestDatabase): TestTransitions {
  const models = createRegisteredModelStore(database)
  const versions = createModelVersionStore(database)
  const transitions = createTransitionStore(database)
  let time = 1000
  let seen = 0
  const by = (user: string): Author => ({ user, time: ++time })

  return {
    database,
    models,
    versions,
    transitions,
    by,
    close,
    async newModel(name, count = 1) {
      await models.create({ name, description: undefined, tags: [] }, by('maker'))
      const version = { name, source: 's3://bucket/model', runId: '', modelId: undefined, runLink: '' }
      for (let i = 0; i < count; i++) {
        await versions.create({ ...version, description: undefined, tags: [] }, by('maker'))
      }
    },
    async move(version, stage, more, author = by('mover')) {
      const transition = { name: 'm', version, stage, archiveExisting: false, comment: undefined, ...more }
      await transitions.apply(transition, author)
    },
    async stages() {
      const { last_version } = await findModel(database, 'm')
      const numbers = Array.from({ length: last_version }, (_, index) => index + 1)
      return Promise.all(numbers.map(async (version) => (await versions.get('m', version)).current_stage))
    },
    async log(version) {
      const { items } = await transitions.activities('m', version, { maxResults: 1000, pageToken: undefined })
      return items.toReversed()
    },
    async news() {
      const events = await eventsAfter(database, seen, 1000)
      seen = Number(events.at(-1)?.id ?? seen)
      return events.filter(({ kind }) => kind !== 'registered_model.created' && kind !== 'model_version.created')
    },
  }
}
