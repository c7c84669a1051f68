import type { Request } from '@trackway/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from '../storage/sql/test-engines.ts'
import { createTestTransitions } from '../storage/sql/test-transitions.ts'
import type { TestTransitions } from '../storage/sql/test-transitions.ts'
import { createTransitionHandlers } from './transition-requests.ts'

describe('the handlers of stages, requests and comments', () => {
  let registry: TestTransitions
  let handlers: ReturnType<typeof createTransitionHandlers>

  beforeEach(async () => {
    registry = createTestTransitions(await testEngines[0]!.open())
    handlers = createTransitionHandlers(registry)
    await registry.newModel('m', 2)
  })
  afterEach(() => registry.close())

  interface Reply {
    readonly model_version: Readonly<Record<string, unknown>>
    readonly model_version_databricks: Readonly<Record<string, unknown>>
    readonly activity: Readonly<Record<string, unknown>>
    readonly comment: { readonly id: string }
    readonly request: Readonly<Record<string, unknown>>
    readonly requests: readonly unknown[]
    readonly activities: readonly Readonly<Record<string, unknown>>[]
    readonly next_page_token?: string
    readonly settings: unknown
  }

  const call = async <K extends keyof typeof handlers>(name: K, request: Request<K>, user = 'ann'): Promise<Reply> =>
    (await handlers[name](request as never, { user })) as unknown as Reply

  const version = { name: 'm', version: '1' }
  const staging = { ...version, stage: 'Staging' }
  const invalid = (message: string) => ({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) })

  test.each(['Production', 'production', 'PRODUCTION'])(
    'transitionModelVersionStage takes the stage %s',
    async (stage) => {
      const { model_version } = await call('transitionModelVersionStage', { ...version, stage })
      expect(model_version).toMatchObject({ ...version, current_stage: 'Production' })
      expect(await registry.log(1)).toMatchObject([{ user_id: 'ann', to_stage: 'Production' }])
      expect((await registry.log(1))[0]?.comment).toBeUndefined()
    },
  )

  test('searchTransitionRequests gives what is open unless other states are asked for, page by page', async () => {
    await call('createTransitionRequest', staging)
    await call('createTransitionRequest', staging, 'bob')
    await call('createTransitionRequest', { ...version, version: '2', stage: 'Production' })
    await call('rejectTransitionRequest', { ...version, version: '2', stage: 'Production' }, 'bob')
    const first = await call('searchTransitionRequests', { max_results: 1 })
    expect(first.requests).toEqual([expect.objectContaining({ user_id: 'bob', state: 'OPEN', to_stage: 'Staging' })])
    const rest = await call('searchTransitionRequests', { page_token: first.next_page_token })
    expect([rest.requests, rest.next_page_token]).toEqual([[expect.objectContaining({ user_id: 'ann' })], undefined])
    const { requests } = await call('searchTransitionRequests', { states: ['REJECTED', 'REJECTED'], name: 'm' })
    expect(requests).toEqual([expect.objectContaining({ version: '2', state: 'REJECTED', decided_by: 'bob' })])
    await expect(call('searchTransitionRequests', { max_results: 1001 })).rejects.toMatchObject(invalid('max_results'))
  })

  test('transitionModelVersionStage archives the others only when told to', async () => {
    await registry.move(2, 'Staging')
    await call('transitionModelVersionStage', staging)
    expect(await registry.stages()).toEqual(['Staging', 'Staging'])
    await call('transitionModelVersionStage', { ...staging, archive_existing_versions: true })
    expect(await registry.stages()).toEqual(['Staging', 'Archived'])
  })

  test.each(['bogus', ' Staging', 'Staging ', 'Deleted_Internal', ''])(
    'the stage %j is refused first',
    async (stage) => {
      const wrong = { name: 'a/b', version: 'x', stage, archive_existing_versions: true }
      const refused = invalid(
        `Invalid Model Version stage: ${stage}. Value must be one of None, Staging, Production, Archived.`,
      )
      await expect(call('transitionModelVersionStage', wrong)).rejects.toMatchObject(refused)
      await expect(call('transitionDatabricksStage', wrong)).rejects.toMatchObject(refused)
      await expect(call('createTransitionRequest', wrong)).rejects.toMatchObject(refused)
      await expect(call('approveTransitionRequest', wrong)).rejects.toMatchObject(refused)
      await expect(call('rejectTransitionRequest', wrong)).rejects.toMatchObject(refused)
      await expect(call('deleteTransitionRequest', wrong)).rejects.toMatchObject(refused)
    },
  )

  test('names and numbers of versions are checked in every request that has them', async () => {
    for (const name of [
      'transitionModelVersionStage',
      'transitionDatabricksStage',
      'createTransitionRequest',
      'listTransitionRequests',
      'approveTransitionRequest',
      'rejectTransitionRequest',
      'deleteTransitionRequest',
      'createComment',
      'listModelVersionActivities',
    ] as const) {
      const request = { ...staging, archive_existing_versions: false, comment: 'c' }
      await expect(call(name, { ...request, name: 'a/b' }), name).rejects.toMatchObject(
        invalid("Invalid model name 'a/b'"),
      )
      await expect(call(name, { ...request, version: '1.5' }), name).rejects.toMatchObject(
        invalid("Parameter 'version' must be an integer, got '1.5'"),
      )
      await expect(call(name, { ...request, version: '9' }), name).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
      })
    }
    await expect(call('getRegisteredModelSettings', { name: 'a:b' })).rejects.toMatchObject(
      invalid('Invalid model name'),
    )
    await expect(call('updateRegisteredModelSettings', { name: 'a:b' })).rejects.toMatchObject(
      invalid('Invalid model name'),
    )
  })

  test.each(['None', 'archived'])('archive_existing_versions is refused for %s', async (stage) => {
    const request = { ...version, stage, archive_existing_versions: true }
    const canonical = stage === 'None' ? 'None' : 'Archived'
    const refused = invalid(
      `Model version transition cannot archive existing model versions because '${canonical}' is not an Active stage. ` +
        "Valid stages are ['Staging', 'Production']",
    )
    await expect(call('transitionModelVersionStage', request)).rejects.toMatchObject(refused)
    await expect(call('transitionDatabricksStage', request)).rejects.toMatchObject(refused)
    await expect(call('approveTransitionRequest', request)).rejects.toMatchObject(refused)
    await call('transitionModelVersionStage', { ...request, archive_existing_versions: false })
  })

  test('transitionDatabricksStage keeps the comment', async () => {
    const reply = await call('transitionDatabricksStage', { ...staging, comment: 'A/B test won' })
    expect(reply.model_version_databricks).toMatchObject({ ...version, current_stage: 'Staging' })
    expect(await registry.log(1)).toMatchObject([{ activity_type: 'APPLIED_TRANSITION', comment: 'A/B test won' }])
  })

  test('a request goes from being made over the list to approval, by whom the caller is', async () => {
    const { request } = await call('createTransitionRequest', { ...staging, stage: 'staging', comment: '' })
    expect(request).toMatchObject({ user_id: 'ann', to_stage: 'Staging' })
    expect(request['comment']).toBeUndefined()
    expect((await call('listTransitionRequests', version)).requests).toEqual([request])
    const approved = await call('approveTransitionRequest', { ...staging, archive_existing_versions: false }, 'bob')
    expect(approved.activity).toMatchObject({ activity_type: 'APPROVED_REQUEST', user_id: 'bob' })
    expect((await call('listTransitionRequests', version)).requests).toEqual([])
    expect(await registry.stages()).toEqual(['Staging', 'None'])
  })

  test('approving twice is refused with who did it first', async () => {
    await call('createTransitionRequest', staging)
    const approval = { ...staging, archive_existing_versions: true }
    await call('approveTransitionRequest', approval, 'bob')
    await expect(call('approveTransitionRequest', approval, 'cara')).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: expect.stringMatching(/'bob' approved the last one at \d{4}-\d\d-\d\dT/),
    })
    expect((await registry.log(1)).filter((one) => one.activity_type === 'APPROVED_REQUEST')).toHaveLength(1)
  })

  test("deleteTransitionRequest takes the caller's request back where no creator is named", async () => {
    await call('createTransitionRequest', staging)
    await expect(call('deleteTransitionRequest', { ...staging, creator: 'ann' }, 'bob')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    })
    await expect(call('deleteTransitionRequest', staging, 'bob')).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
    })
    const { activity } = await call('deleteTransitionRequest', { ...staging, comment: 'too early' })
    expect(activity).toMatchObject({ activity_type: 'CANCELLED_REQUEST', user_id: 'ann', comment: 'too early' })
    await call('createTransitionRequest', staging)
    await call('deleteTransitionRequest', { ...staging, creator: 'ann' })
    await call('createTransitionRequest', staging, 'Ren\u00e9')
    await call('deleteTransitionRequest', { ...staging, creator: 'Rene\u0301' }, 'Ren\u00e9')
    await call('createTransitionRequest', staging)
    await call('rejectTransitionRequest', staging, 'bob')
    expect((await call('listTransitionRequests', version)).requests).toEqual([])
  })

  test('comments have up to 65,535 characters, counted as code points', async () => {
    const longest = '𝒳'.repeat(65_535)
    const { comment } = await call('createComment', { ...version, comment: longest })
    expect(comment).toMatchObject({ comment: longest, user_id: 'ann' })
    const tooLong = `${longest}a`
    const refused = invalid("'comment' exceeds the maximum length of 65535 characters: it has 65536")
    await expect(call('createComment', { ...version, comment: tooLong })).rejects.toMatchObject(refused)
    await expect(call('updateComment', { id: comment.id, comment: tooLong })).rejects.toMatchObject(refused)
    await expect(call('createTransitionRequest', { ...staging, comment: tooLong })).rejects.toMatchObject(refused)
    await expect(
      call('transitionDatabricksStage', { ...staging, comment: tooLong, archive_existing_versions: false }),
    ).rejects.toMatchObject(refused)
  })

  test('comments are made, changed and deleted by their author; blank ones are refused', async () => {
    const { comment } = await call('createComment', { ...version, comment: ' text ' })
    expect((await call('updateComment', { id: comment.id, comment: 'new' })).comment).toMatchObject({
      id: comment.id,
      comment: 'new',
    })
    for (const blank of ['', ' \n']) {
      await expect(call('createComment', { ...version, comment: blank })).rejects.toMatchObject(
        invalid("Missing value for required parameter 'comment'"),
      )
      await expect(call('updateComment', { id: comment.id, comment: blank })).rejects.toMatchObject(
        invalid("Missing value for required parameter 'comment'"),
      )
    }
    await expect(call('deleteComment', { id: comment.id }, 'bob')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(await call('deleteComment', { id: comment.id })).toEqual({})
    await expect(call('deleteComment', { id: comment.id })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('listModelVersionActivities gives 100 unless told otherwise, and the next page by its token', async () => {
    for (let i = 0; i < 101; i++) await registry.transitions.comment('m', 1, `comment ${i}`, registry.by('ann'))
    const first = await call('listModelVersionActivities', { ...version, page_token: '' })
    expect(first.activities).toHaveLength(100)
    expect(first.activities[0]).toMatchObject({ comment: 'comment 100' })
    const second = await call('listModelVersionActivities', { ...version, page_token: first.next_page_token })
    expect(second.activities).toMatchObject([{ comment: 'comment 0' }])
    expect(second.next_page_token).toBeUndefined()
    expect((await call('listModelVersionActivities', { ...version, max_results: 1000 })).activities).toHaveLength(101)
    for (const max_results of [0, -1, 1001]) {
      await expect(call('listModelVersionActivities', { ...version, max_results })).rejects.toMatchObject(
        invalid(`Invalid value ${max_results} for parameter 'max_results'`),
      )
    }
  })

  test('settings take stages in any letter case and fold what is the same', async () => {
    const request = {
      name: 'm',
      approvals: [
        { to_stage: 'PRODUCTION', from_stage: 'staging' },
        { to_stage: 'Production', from_stage: 'Staging' },
        { to_stage: 'staging', from_stage: '' },
      ],
    }
    const settings = {
      approvals: [{ to_stage: 'Staging' }, { to_stage: 'Production', from_stage: 'Staging' }],
      allow_self_approval: false,
    }
    expect((await call('updateRegisteredModelSettings', request)).settings).toEqual(settings)
    expect((await call('getRegisteredModelSettings', { name: 'm' })).settings).toEqual(settings)
    await expect(call('transitionModelVersionStage', staging)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect((await call('updateRegisteredModelSettings', { name: 'm', allow_self_approval: true })).settings).toEqual({
      ...settings,
      allow_self_approval: true,
    })
  })

  test.each([
    [{ to_stage: 'Live' }, 'Invalid Model Version stage: Live.'],
    [{ to_stage: 'Staging', from_stage: 'Dev' }, 'Invalid Model Version stage: Dev.'],
    [{ to_stage: 'Staging', from_stage: 'STAGING' }, 'from Staging to Staging is no transition'],
  ])('the rule %j is refused', async (rule, message) => {
    const approvals = [{ to_stage: 'Production' }, rule]
    await expect(call('updateRegisteredModelSettings', { name: 'm', approvals })).rejects.toMatchObject(
      invalid(message),
    )
    expect((await call('getRegisteredModelSettings', { name: 'm' })).settings).toMatchObject({ approvals: [] })
  })

  test('settings of an unknown model are refused', async () => {
    for (const name of ['getRegisteredModelSettings', 'updateRegisteredModelSettings'] as const) {
      await expect(call(name, { name: 'none' })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    }
  })
})
