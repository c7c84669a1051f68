import type { Stage } from '@trackway/api'
import sql from 'sql-template-tag'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { query } from './query.ts'
import { testEngines } from './test-engines.ts'
import { createTestTransitions } from './test-transitions.ts'
import type { TestTransitions } from './test-transitions.ts'

/** Archiving the other version is the last step of an approval: the second event of its kind about version 2. */
const breakEventsOfVersion2 = query<Record<never, never>, unknown>(
  () => sql`create unique index broken on events (kind) where data like '%"version":"2"%'`,
)

describe.each(testEngines)('transition requests on $engine', ({ open }) => {
  let registry: TestTransitions

  beforeEach(async () => {
    registry = createTestTransitions(await open())
    await registry.newModel('m', 2)
    await registry.news()
  })
  afterEach(() => registry.close())

  const ref = (version: number, stage: Stage, comment?: string) => ({ name: 'm', version, stage, comment })
  const ask = (user: string, stage: Stage = 'Production', comment?: string) =>
    registry.transitions.request(ref(1, stage, comment), registry.by(user))
  const approve = (user: string, stage: Stage = 'Production', archiveExisting = false) =>
    registry.transitions.approve({ ...ref(1, stage, 'yes'), archiveExisting }, registry.by(user))
  const reject = (user: string, stage: Stage = 'Production') =>
    registry.transitions.reject(ref(1, stage, 'no'), registry.by(user))
  const withdraw = (user: string, creator = user, stage: Stage = 'Production') =>
    registry.transitions.withdraw({ ...ref(1, stage, 'never mind'), creator }, registry.by(user))
  const demand = (allow_self_approval = false) =>
    registry.transitions.changeSettings(
      'm',
      { approvals: [{ to_stage: 'Production' }], allow_self_approval },
      registry.by('owner'),
    )
  const openUsers = async (version = 1) =>
    (await registry.transitions.openRequests('m', version)).map(({ user_id, to_stage }) => `${user_id} ${to_stage}`)
  const logTypes = async () => (await registry.log(1)).map(({ activity_type }) => activity_type)

  test('request is open, listed in order of asking, logged and told of', async () => {
    const author = registry.by('ann')
    const first = await registry.transitions.request(ref(1, 'Staging', 'please'), author)
    expect(first).toEqual({
      id: expect.stringMatching(/^\d+$/),
      activity_type: 'REQUESTED_TRANSITION',
      user_id: 'ann',
      creation_timestamp: author.time,
      last_updated_timestamp: author.time,
      comment: 'please',
      from_stage: 'None',
      to_stage: 'Staging',
      available_actions: ['APPROVE_TRANSITION_REQUEST', 'REJECT_TRANSITION_REQUEST', 'CANCEL_TRANSITION_REQUEST'],
    })
    await ask('bob', 'Production')
    await ask('bob', 'Staging')
    expect(await openUsers()).toEqual(['ann Staging', 'bob Production', 'bob Staging'])
    expect(await openUsers(2)).toEqual([])
    expect((await registry.transitions.openRequests('m', 1))[0]).toEqual(first)
    expect((await registry.news()).map(({ kind, user_id, data }) => [kind, user_id, data])[0]).toEqual([
      'transition_request.created',
      'ann',
      { name: 'm', version: '1', to_stage: 'Staging', comment: 'please' },
    ])
    expect((await registry.versions.get('m', 1)).current_stage).toBe('None')
  })

  test('request is refused twice by one user, and to the stage that the version has', async () => {
    const { id } = await ask('ann')
    await expect(ask('ann')).rejects.toMatchObject({
      code: 'RESOURCE_ALREADY_EXISTS',
      message: expect.stringContaining(`request ${id} is open`),
    })
    await expect(ask('ann', 'None')).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: "Version 1 of model 'm' is in None already.",
    })
    await registry.transitions.request(ref(2, 'Production'), registry.by('ann'))
    expect(await openUsers()).toEqual(['ann Production'])
  })

  test('approve moves the version, closes all requests for the stage and tells who asked', async () => {
    await demand()
    await ask('ann')
    await ask('bob')
    await ask('bob', 'Staging')
    await registry.news()
    const author = registry.by('cara')
    const activity = await registry.transitions.approve(
      { ...ref(1, 'Production', 'fine'), archiveExisting: false },
      author,
    )
    expect(activity).toEqual({
      id: expect.any(String),
      activity_type: 'APPROVED_REQUEST',
      user_id: 'cara',
      creation_timestamp: author.time,
      last_updated_timestamp: author.time,
      comment: 'fine',
      from_stage: 'None',
      to_stage: 'Production',
    })
    expect(await registry.stages()).toEqual(['Production', 'None'])
    expect(await openUsers()).toEqual(['bob Staging'])
    expect((await registry.log(1)).at(-1)).toEqual(activity)
    expect((await registry.log(1))[0]).toMatchObject({ last_updated_timestamp: author.time })
    expect((await registry.log(1))[0]?.available_actions).toBeUndefined()
    expect((await registry.versions.get('m', 1)).last_updated_timestamp).toBe(author.time)
    expect((await registry.news()).map(({ kind, user_id, data }) => [kind, user_id, data])).toEqual([
      [
        'transition_request.approved',
        'cara',
        { name: 'm', version: '1', to_stage: 'Production', comment: 'fine', requested_by: ['ann', 'bob'] },
      ],
      [
        'model_version.stage_transitioned',
        'cara',
        {
          name: 'm',
          version: '1',
          from_stage: 'None',
          to_stage: 'Production',
          run_id: null,
          comment: 'fine',
          archived_versions: [],
        },
      ],
    ])
  })

  test('approve archives the versions of the stage when asked to', async () => {
    await registry.move(2, 'Production')
    await demand()
    await ask('ann')
    await approve('bob', 'Production', true)
    expect(await registry.stages()).toEqual(['Production', 'Archived'])
  })

  test('approve and reject need an open request, and say what became of the last one', async () => {
    await expect(approve('bob')).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: "There is no open request to move version 1 of model 'm' to Production.",
    })
    await ask('ann')
    const { creation_timestamp } = await reject('bob')
    for (const late of [approve, reject]) {
      await expect(late('cara')).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
        message: expect.stringContaining(
          `'bob' rejected the last one at ${new Date(Number(creation_timestamp)).toISOString()}.`,
        ),
      })
    }
    await ask('ann')
    await withdraw('ann')
    await expect(approve('bob')).rejects.toThrow("'ann' took one back at ")
    await ask('ann')
    await approve('')
    await expect(approve('bob')).rejects.toThrow('Somebody without a user name approved the last one at ')
    await expect(withdraw('ann')).rejects.toThrow(/^'ann' has no open request .* approved the last one at /)
    expect(await registry.stages()).toEqual(['Production', 'None'])
  })

  test("approve of one's own request is refused where a rule demands approval", async () => {
    await demand()
    await ask('ann')
    await registry.news()
    const before = await registry.log(1)
    await expect(approve('ann')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringMatching(/somebody else than who asked .*Only 'ann' has asked\.$/),
    })
    expect(await registry.stages()).toEqual(['None', 'None'])
    expect(await registry.log(1)).toEqual(before)
    expect(await registry.news()).toEqual([])
    await ask('bob')
    await approve('ann')
    expect(await registry.stages()).toEqual(['Production', 'None'])
  })

  test("approve of one's own request is fine without a rule, and where the settings allow it", async () => {
    await ask('ann', 'Staging')
    await approve('ann', 'Staging')
    await demand(true)
    await ask('ann')
    await approve('ann')
    expect(await registry.stages()).toEqual(['Production', 'None'])
  })

  test('approve by the rules of the moment, not of the time of asking', async () => {
    await registry.transitions.changeSettings(
      'm',
      { approvals: [{ to_stage: 'Production', from_stage: 'Staging' }] },
      registry.by('owner'),
    )
    await ask('ann')
    await registry.move(1, 'Staging')
    await expect(approve('ann')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await registry.move(1, 'None')
    await approve('ann')
    expect((await registry.log(1)).at(-1)).toMatchObject({ from_stage: 'None', to_stage: 'Production' })
  })

  test.each(['', 'ann'])('approve tells those without a name to give one, whoever asked (%j)', async (requester) => {
    await demand()
    await ask(requester)
    await expect(approve('')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringMatching(/cannot tell that you are another.*MLFLOW_TRACKING_USERNAME/),
    })
    await approve('bob')
    expect(await registry.stages()).toEqual(['Production', 'None'])
  })

  test('a failing approve leaves nothing half done', async () => {
    await registry.move(2, 'Production')
    await ask('ann')
    await registry.news()
    const before = await Promise.all([registry.log(1), registry.log(2)])
    await registry.database.run(breakEventsOfVersion2, {})
    await expect(approve('bob', 'Production', true)).rejects.toThrow(/UNIQUE constraint|met others/)
    expect(await registry.stages()).toEqual(['None', 'Production'])
    expect(await openUsers()).toEqual(['ann Production'])
    expect(await Promise.all([registry.log(1), registry.log(2)])).toEqual(before)
    expect(await registry.news()).toEqual([])
  })

  test('reject closes the requests and leaves the version', async () => {
    await ask('ann')
    await ask('bob')
    await registry.news()
    const activity = await reject('cara')
    expect(activity).toMatchObject({
      activity_type: 'REJECTED_REQUEST',
      user_id: 'cara',
      comment: 'no',
      from_stage: 'None',
      to_stage: 'Production',
    })
    expect(await registry.stages()).toEqual(['None', 'None'])
    expect(await openUsers()).toEqual([])
    expect((await registry.news()).map(({ kind, data }) => [kind, data])).toEqual([
      [
        'transition_request.rejected',
        { name: 'm', version: '1', to_stage: 'Production', comment: 'no', requested_by: ['ann', 'bob'] },
      ],
    ])
    await ask('ann')
    expect(await openUsers()).toEqual(['ann Production'])
  })

  test('withdraw takes back only the own request', async () => {
    await ask('ann')
    await ask('bob')
    await registry.news()
    await expect(withdraw('ann', 'bob')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining("The request of 'bob' can only be taken back by who made it, not by 'ann'."),
    })
    expect(await withdraw('ann')).toMatchObject({ activity_type: 'CANCELLED_REQUEST', user_id: 'ann' })
    expect(await openUsers()).toEqual(['bob Production'])
    expect((await registry.news()).map(({ kind, data }) => [kind, data])).toEqual([
      [
        'transition_request.deleted',
        { name: 'm', version: '1', to_stage: 'Production', comment: 'never mind', requested_by: ['ann'] },
      ],
    ])
    await expect(withdraw('cara')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await expect(withdraw('bob', 'bob', 'Staging')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('other transitions leave requests open, but for those of the stage that the version reaches', async () => {
    await ask('ann', 'Production')
    await ask('ann', 'Archived')
    await ask('ann', 'Staging')
    await registry.move(1, 'Staging')
    expect(await openUsers()).toEqual(['ann Production', 'ann Archived'])
    await registry.move(2, 'Staging', { archiveExisting: true })
    expect(await openUsers()).toEqual(['ann Production'])
    await expect(approve('bob', 'Archived')).rejects.toThrow("'mover' moved the version there at ")
    expect(await logTypes()).toEqual([
      'REQUESTED_TRANSITION',
      'REQUESTED_TRANSITION',
      'REQUESTED_TRANSITION',
      'APPLIED_TRANSITION',
      'SYSTEM_TRANSITION',
    ])
  })

  test('requests follow the model to another name, and end with the version', async () => {
    await ask('ann')
    await registry.models.rename('m', 'n', registry.by('owner'))
    await expect(approve('bob')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await registry.models.rename('n', 'm', registry.by('owner'))
    expect(await openUsers()).toEqual(['ann Production'])

    await registry.versions.delete('m', 1, registry.by('owner'))
    for (const late of [approve, reject, withdraw, ask]) {
      await expect(late('ann')).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
        message: expect.stringContaining('Model Version (name=m, version=1) not found'),
      })
    }
    await expect(registry.transitions.openRequests('m', 1)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })
})
