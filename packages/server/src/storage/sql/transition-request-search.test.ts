import type { Stage, TransitionRequest } from '@trackway/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from './test-engines.ts'
import { createTestTransitions } from './test-transitions.ts'
import type { TestTransitions } from './test-transitions.ts'

describe.each(testEngines)('searchRequests() on $engine', ({ open }) => {
  let registry: TestTransitions

  beforeEach(async () => {
    registry = createTestTransitions(await open())
    await registry.newModel('m', 2)
    await registry.newModel('n')
  })
  afterEach(() => registry.close())

  const ref = (name: string, version: number, stage: Stage, comment?: string) => ({ name, version, stage, comment })
  const ask = (user: string, name: string, version: number, stage: Stage, comment?: string) =>
    registry.transitions.request(ref(name, version, stage, comment), registry.by(user))
  const search = async (
    states: readonly TransitionRequest['state'][],
    more: { name?: string; maxResults?: number; pageToken?: string } = {},
  ) => registry.transitions.searchRequests({ states, name: undefined, maxResults: 100, pageToken: undefined, ...more })
  const short = async (...states: TransitionRequest['state'][]) =>
    (await search(states)).items.map(
      ({ state, user_id, name, version, to_stage }) => `${state} ${user_id} ${name}/${version} ${to_stage}`,
    )

  test('gives the open requests of all models, the newest first, with what is known of each', async () => {
    await registry.move(1, 'Staging')
    await ask('ann', 'm', 1, 'Production', 'Passed all checks')
    await ask('bob', 'n', 1, 'Staging')
    const { items, token } = await search(['OPEN'])
    expect(token).toBe(null)
    expect(items).toEqual([
      expect.objectContaining({ name: 'n', version: '1', user_id: 'bob', comment: undefined, state: 'OPEN' }),
      {
        id: expect.stringMatching(/^\d+$/),
        name: 'm',
        version: '1',
        current_stage: 'Staging',
        from_stage: 'Staging',
        to_stage: 'Production',
        state: 'OPEN',
        user_id: 'ann',
        creation_timestamp: expect.any(Number),
        comment: 'Passed all checks',
        decided_by: undefined,
        decision_timestamp: undefined,
        decision_comment: undefined,
      },
    ])
  })

  test('tells what became of the others, by the first that closed each', async () => {
    await ask('ann', 'm', 1, 'Production')
    await ask('bob', 'm', 1, 'Production')
    await registry.transitions.withdraw({ ...ref('m', 1, 'Production'), creator: 'ann' }, registry.by('ann'))
    await registry.transitions.reject(ref('m', 1, 'Production', 'too slow'), registry.by('cara'))
    await ask('ann', 'm', 1, 'Production')
    await registry.transitions.approve({ ...ref('m', 1, 'Production'), archiveExisting: false }, registry.by('cara'))
    await ask('dan', 'm', 2, 'Production')
    await ask('dan', 'm', 1, 'Archived')
    await registry.move(2, 'Production', { archiveExisting: true })
    await ask('eve', 'n', 1, 'Staging')

    const all = ['OPEN', 'APPROVED', 'REJECTED', 'CANCELLED', 'OVERTAKEN'] as const
    expect(await short(...all)).toEqual([
      'OPEN eve n/1 Staging',
      'OVERTAKEN dan m/1 Archived',
      'OVERTAKEN dan m/2 Production',
      'APPROVED ann m/1 Production',
      'REJECTED bob m/1 Production',
      'CANCELLED ann m/1 Production',
    ])
    expect(await short('OPEN')).toEqual(['OPEN eve n/1 Staging'])
    expect(await short('REJECTED', 'APPROVED')).toEqual(['APPROVED ann m/1 Production', 'REJECTED bob m/1 Production'])
    expect(await short('OPEN', 'CANCELLED')).toEqual(['OPEN eve n/1 Staging', 'CANCELLED ann m/1 Production'])
    expect((await search(['REJECTED'])).items[0]).toMatchObject({
      decided_by: 'cara',
      decision_comment: 'too slow',
      decision_timestamp: expect.any(Number),
      from_stage: 'None',
      current_stage: 'Archived',
    })
  })

  test('gives those of one model, under its present name, and none of a model that is gone', async () => {
    await ask('ann', 'm', 1, 'Staging')
    await ask('ann', 'n', 1, 'Staging')
    await registry.models.rename('m', 'renamed', registry.by('ann'))
    expect((await search(['OPEN'], { name: 'renamed' })).items.map(({ name }) => name)).toEqual(['renamed'])
    expect((await search(['OPEN'], { name: 'm' })).items).toEqual([])
    await registry.models.delete('n', registry.by('ann'))
    expect((await search(['OPEN'])).items.map(({ name }) => name)).toEqual(['renamed'])
  })

  test('goes on behind a page, also when what was on it is decided meanwhile', async () => {
    for (const user of ['a', 'b', 'c', 'd', 'e']) await ask(user, 'm', 1, 'Staging')
    await ask('z', 'm', 2, 'Staging')
    const first = await search(['OPEN'], { maxResults: 2 })
    expect(first.items.map(({ user_id }) => user_id)).toEqual(['z', 'e'])
    await registry.transitions.reject(ref('m', 2, 'Staging'), registry.by('judge'))
    const second = await search(['OPEN'], { maxResults: 3, pageToken: first.token ?? '' })
    expect(second.items.map(({ user_id }) => user_id)).toEqual(['d', 'c', 'b'])
    const third = await search(['OPEN'], { maxResults: 3, pageToken: second.token ?? '' })
    expect([third.items.map(({ user_id }) => user_id), third.token]).toEqual([['a'], null])
    await expect(search(['REJECTED'], { pageToken: first.token ?? '' })).rejects.toThrow(/Invalid page token/)
  })
})
