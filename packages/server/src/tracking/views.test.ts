import type { Request, View } from '@trackway/api'
import { parseJson } from '@trackway/api/codec'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from '../storage/sql/test-engines.ts'
import { openTracking } from '../storage/sql/test-tracking.ts'
import type { TestTracking } from '../storage/sql/test-tracking.ts'
import { createViewHandlers } from './views.ts'

const caller = { user: 'ana' }
const nested = (levels: number): unknown => parseJson(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
const refused = (message: string) => ({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) })

describe('the handlers of views', () => {
  let tracking: TestTracking
  let handlers: ReturnType<typeof createViewHandlers>

  beforeEach(async () => {
    tracking = await openTracking(testEngines[0]!.open)
    handlers = createViewHandlers(tracking)
  })
  afterEach(() => tracking.close())

  const create = async (request: Partial<Request<'createView'>> = {}): Promise<View> => {
    const reply = await handlers.createView({ name: 'a', state: {}, ...request }, caller)
    return (reply as { view: View }).view
  }

  test('createView, getView, listViews, updateView and deleteView are about one view', async () => {
    const begun = Date.now()
    const view = await create({ experiment_id: '00', state: { columns: ['metrics.loss'] }, is_default: true })
    expect(view).toMatchObject({ experiment_id: '0', user_id: 'ana', is_default: true })
    expect(view.creation_timestamp).toBeGreaterThanOrEqual(begun)
    const { view_id } = view
    expect(await handlers.getView({ view_id }, caller)).toEqual({ view })
    expect(await handlers.listViews({ experiment_id: '0' }, caller)).toEqual({ views: [view] })
    const changed = await handlers.updateView({ view_id, name: 'b', state: { x: 1 }, is_default: false }, caller)
    expect(changed).toMatchObject({ view: { view_id, name: 'b', state: { x: 1 }, is_default: false } })
    expect(await handlers.deleteView({ view_id }, caller)).toEqual({})
    expect(await handlers.listViews({ experiment_id: '0' }, caller)).toEqual({ views: [] })
  })

  test('createView without an experiment makes a view of none', async () => {
    for (const experiment_id of [undefined, '']) {
      expect((await create({ experiment_id })).experiment_id).toBeUndefined()
    }
    expect(await handlers.listViews({ experiment_id: '' }, caller)).toMatchObject({ views: [{}, {}] })
  })

  test('takes names of up to 200 characters', async () => {
    const { view_id } = await create({ name: '😀'.repeat(200) })
    const rename = (name: string) => handlers.updateView({ view_id, name }, caller)
    for (const name of ['', ' ']) {
      await expect(create({ name })).rejects.toMatchObject(refused("'name' must not be empty"))
      await expect(rename(name)).rejects.toMatchObject(refused("'name' must not be empty"))
    }
    await expect(create({ name: 'x'.repeat(201) })).rejects.toMatchObject(refused("'name' exceeds the maximum length"))
    await expect(rename('x'.repeat(201))).rejects.toMatchObject(refused("'name' exceeds the maximum length"))
  })

  test.each<[string, unknown, string]>([
    ['a list', [], 'it must be a JSON object'],
    ['null', null, 'it must be a JSON object'],
    ['a text', '{}', 'it must be a JSON object'],
    ['one byte more than 64 KiB', { a: `${'x'.repeat(65_527)}é` }, 'at most 65536 bytes as JSON, and has 65537'],
    ['what nests too deeply', nested(102), 'it must nest at most 100 levels'],
    ['what would overflow the stack', nested(10_000), 'it must nest at most 100 levels'],
    ['an integer that a page cannot read', parseJson('{"n":{"big":9007199254740993}}'), "'big' is an integer beyond"],
  ])('refuses as a state %s', async (_what, state, message) => {
    await expect(create({ state })).rejects.toMatchObject(refused(message))
    const { view_id } = await create()
    await expect(handlers.updateView({ view_id, state }, caller)).rejects.toMatchObject(refused(message))
    expect(await handlers.getView({ view_id }, caller)).toMatchObject({ view: { state: {} } })
  })

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['64 KiB', { a: `${'x'.repeat(65_526)}é` }],
    ['a hundred levels', nested(100)],
  ])('keeps a state of %s', async (_what, state) => {
    expect((await create({ state })).state).toEqual(state)
  })
})
