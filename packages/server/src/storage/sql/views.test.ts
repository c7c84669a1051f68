import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { NewView } from '../../tracking/store.ts'
import { testEngines } from './test-engines.ts'
import { at, openTracking } from './test-tracking.ts'
import type { TestTracking } from './test-tracking.ts'

const unchanged = { name: undefined, state: undefined, isDefault: undefined }
const unknown = { code: 'RESOURCE_DOES_NOT_EXIST', message: 'View with id=nope not found' }

describe.each(testEngines)('the view store on $engine', ({ open }) => {
  let tracking: TestTracking
  let views: TestTracking['views']

  beforeEach(async () => {
    tracking = await openTracking(open)
    views = tracking.views
  })
  afterEach(() => tracking.close())

  const create = (name: string, more: Partial<NewView> = {}) =>
    views.create({ name, experimentId: '0', state: '{}', isDefault: false, ...more }, { user: 'ana', time: 5 })
  const namesOf = async (experimentId?: string) => (await views.list(experimentId)).map((view) => view.name)
  const defaults = async (experimentId: string) =>
    (await views.list(experimentId)).filter((view) => view.is_default).map((view) => view.name)

  test('keeps a view under a short id of its own', async () => {
    const view = await create('é <b>', { state: '{"sort":["a",1],"__proto__":{"x":null}}' })
    expect(view.view_id).toMatch(/^[\w-]{10}$/)
    expect(await views.get(view.view_id)).toEqual(view)
    expect(view).toEqual({
      view_id: view.view_id,
      name: 'é <b>',
      experiment_id: '0',
      state: JSON.parse('{"sort":["a",1],"__proto__":{"x":null}}'),
      is_default: false,
      user_id: 'ana',
      creation_timestamp: 5,
      last_updated_timestamp: 5,
    })
    expect((await create('other')).view_id).not.toBe(view.view_id)
  })

  test('lists by name those of the experiment, or those of none', async () => {
    const other = await tracking.newExperiment('other')
    await create('b')
    await create('a')
    await create('of other', { experimentId: other })
    await create('of none', { experimentId: undefined })
    expect([await namesOf('0'), await namesOf(other), await namesOf(), await namesOf('99')]).toEqual([
      ['a', 'b'],
      ['of other'],
      ['of none'],
      [],
    ])
  })

  test('an experiment has one default: a new one takes the place of the former', async () => {
    const other = await tracking.newExperiment('other')
    await create('elsewhere', { experimentId: other, isDefault: true })
    const first = await create('first', { isDefault: true })
    const second = await create('second', { isDefault: true })
    expect(await defaults('0')).toEqual(['second'])
    await views.update(first.view_id, { ...unchanged, isDefault: true }, 6)
    expect(await defaults('0')).toEqual(['first'])
    await views.update(first.view_id, { ...unchanged, isDefault: true, name: 'still' }, 7)
    expect(await defaults('0')).toEqual(['still'])
    await views.update(second.view_id, { ...unchanged, name: 'renamed' }, 8)
    await views.update(first.view_id, { ...unchanged, isDefault: false }, 8)
    expect([await defaults('0'), await defaults(other)]).toEqual([[], ['elsewhere']])
  })

  test('a default that is refused leaves the former one', async () => {
    await create('first', { isDefault: true })
    const ofNone = await create('of none', { experimentId: undefined })
    const refused = { code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining('cannot be a default') }
    await expect(create('x', { experimentId: undefined, isDefault: true })).rejects.toMatchObject(refused)
    await expect(views.update(ofNone.view_id, { ...unchanged, isDefault: true }, 6)).rejects.toMatchObject(refused)
    expect([await defaults('0'), await namesOf()]).toEqual([['first'], ['of none']])
  })

  test('update changes what is given and nothing else', async () => {
    const view = await create('a', { state: '{"a":1}', isDefault: true })
    const renamed = { ...view, name: 'b', last_updated_timestamp: 6 }
    expect(await views.update(view.view_id, { ...unchanged, name: 'b' }, 6)).toEqual(renamed)
    await views.update(view.view_id, { ...unchanged, state: '{"b":2}' }, 7)
    expect(await views.get(view.view_id)).toEqual({ ...renamed, state: { b: 2 }, last_updated_timestamp: 7 })
  })

  test('delete takes a view away', async () => {
    const { view_id } = await create('a')
    await create('b')
    await views.delete(view_id)
    expect(await namesOf('0')).toEqual(['b'])
    await expect(views.get(view_id)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
  })

  test('refuses unknown views, unknown experiments and deleted ones', async () => {
    await expect(views.get('nope')).rejects.toMatchObject(unknown)
    await expect(views.update('nope', unchanged, 6)).rejects.toMatchObject(unknown)
    await expect(views.delete('nope')).rejects.toMatchObject(unknown)
    await expect(create('a', { experimentId: '99' })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'No Experiment with id=99 exists',
    })
    const deleted = await tracking.newExperiment('deleted')
    await create('kept', { experimentId: deleted })
    await tracking.experiments.delete(deleted, at(6))
    await expect(create('a', { experimentId: deleted })).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    expect(await namesOf(deleted)).toEqual(['kept'])
  })
})
