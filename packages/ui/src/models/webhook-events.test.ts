import { eventKinds } from '@trackway/sdk'
import { describe, expect, it } from 'vitest'
import { eventFields, eventGroups, isOfModels, kindsOfWebhook } from './webhook-events.ts'

describe('eventGroups', () => {
  it('has every kind once but those of webhooks themselves', () => {
    const offered = eventGroups.flatMap(({ kinds }) => kinds)
    const all = Object.keys(eventKinds).filter((kind) => !kind.startsWith('webhook.'))
    expect(offered.toSorted()).toEqual(all.toSorted())
  })
})

describe('eventFields', () => {
  it('parts MLflow’s events from ours, and back', () => {
    const kinds = ['model_version.created', 'model_version_alias.deleted', 'run.failed']
    const fields = eventFields(kinds)
    expect(fields.events).toEqual([
      { entity: 'MODEL_VERSION', action: 'CREATED' },
      { entity: 'MODEL_VERSION_ALIAS', action: 'DELETED' },
    ])
    expect(fields.trackway_events).toEqual(['run.failed'])
    expect(kindsOfWebhook(fields)).toEqual(kinds)
  })
})

describe('isOfModels', () => {
  it('knows what models are told of', () => {
    expect(isOfModels({ trackway_events: ['run.failed'] })).toBe(false)
    expect(isOfModels({ trackway_events: ['run.failed', 'comment.created'] })).toBe(true)
  })
})
