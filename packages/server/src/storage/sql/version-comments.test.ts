import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from './test-engines.ts'
import { createTestTransitions } from './test-transitions.ts'
import type { TestTransitions } from './test-transitions.ts'

describe.each(testEngines)('comments and activities on $engine', ({ open }) => {
  let registry: TestTransitions

  beforeEach(async () => {
    registry = createTestTransitions(await open())
    await registry.newModel('m', 2)
    await registry.news()
  })
  afterEach(() => registry.close())

  const comment = (user: string, text: string, version = 1) =>
    registry.transitions.comment('m', version, text, registry.by(user))
  const page = (maxResults: number, pageToken?: string, version = 1) =>
    registry.transitions.activities('m', version, { maxResults, pageToken })

  test('comment, changeComment and deleteComment are logged and told of', async () => {
    const written = await comment('ann', 'AUC 0.93')
    expect(written).toEqual({
      id: expect.stringMatching(/^\d+$/),
      activity_type: 'NEW_COMMENT',
      user_id: 'ann',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: written.creation_timestamp,
      comment: 'AUC 0.93',
      available_actions: ['EDIT_COMMENT', 'DELETE_COMMENT'],
    })
    const later = registry.by('ann')
    expect(await registry.transitions.changeComment(written.id, 'AUC 0.94', later)).toEqual({
      ...written,
      comment: 'AUC 0.94',
      last_updated_timestamp: later.time,
    })
    const last = registry.by('ann')
    await registry.transitions.deleteComment(written.id, last)
    const { comment: _text, available_actions: _actions, ...rest } = written
    expect(await registry.log(1)).toEqual([
      { ...rest, system_comment: 'Deleted by its author.', last_updated_timestamp: last.time },
    ])
    expect((await registry.news()).map(({ kind, user_id, data }) => [kind, user_id, data])).toEqual([
      ['comment.created', 'ann', { name: 'm', version: '1', comment_id: written.id, comment: 'AUC 0.93' }],
      ['comment.updated', 'ann', { name: 'm', version: '1', comment_id: written.id, comment: 'AUC 0.94' }],
      ['comment.deleted', 'ann', { name: 'm', version: '1', comment_id: written.id }],
    ])
  })

  test('changeComment and deleteComment are for the author only', async () => {
    const { id } = await comment('ann', 'mine')
    const refused = {
      code: 'PERMISSION_DENIED',
      message: `Comment ${id} can only be changed or deleted by its author, 'ann'.`,
    }
    for (const user of ['bob', '']) {
      await expect(registry.transitions.changeComment(id, 'x', registry.by(user))).rejects.toMatchObject(refused)
      await expect(registry.transitions.deleteComment(id, registry.by(user))).rejects.toMatchObject(refused)
    }
    expect(await registry.log(1)).toMatchObject([{ comment: 'mine' }])
    const anonymous = await comment('', 'whose?')
    await expect(registry.transitions.deleteComment(anonymous.id, registry.by('bob'))).rejects.toThrow('no user name')
    await registry.transitions.deleteComment(anonymous.id, registry.by(''))
  })

  test('changeComment and deleteComment know only comments that are there', async () => {
    const request = await registry.transitions.request(
      { name: 'm', version: 1, stage: 'Staging', comment: 'please' },
      registry.by('ann'),
    )
    const { id: there } = await comment('ann', 'there')
    const gone = await comment('ann', 'gone')
    await registry.transitions.deleteComment(gone.id, registry.by('ann'))
    const ofVersion = await comment('ann', 'goes with the version', 2)
    await registry.versions.delete('m', 2, registry.by('ann'))
    for (const id of [
      request.id,
      gone.id,
      ofVersion.id,
      '999',
      '0',
      '-1',
      `${there}.0`,
      ` ${there}`,
      `0${there}`,
      'abc',
      '9'.repeat(30),
    ]) {
      const unknown = { code: 'RESOURCE_DOES_NOT_EXIST', message: `Comment with ID '${id}' not found.` }
      await expect(registry.transitions.changeComment(id, 'x', registry.by('ann')), id).rejects.toMatchObject(unknown)
      await expect(registry.transitions.deleteComment(id, registry.by('ann')), id).rejects.toMatchObject(unknown)
    }
  })

  test('comment on an unknown version is refused', async () => {
    await expect(comment('ann', 'x', 3)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect(await registry.news()).toEqual([])
  })

  test('activities come page by page, the newest first, whatever is added meanwhile', async () => {
    for (const text of ['a', 'b', 'c', 'd', 'e']) await comment('ann', text)
    await comment('ann', 'elsewhere', 2)
    const first = await page(2)
    await comment('ann', 'f')
    const second = await page(2, first.token ?? '')
    const third = await page(2, second.token ?? '')
    expect([first, second, third].map(({ items }) => items.map((item) => item.comment))).toEqual([
      ['e', 'd'],
      ['c', 'b'],
      ['a'],
    ])
    expect(third.token).toBeNull()
    expect((await page(6)).token).toBeNull()
    await expect(page(2, first.token ?? '', 2)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('Invalid page token'),
    })
    await expect(page(2, 'nonsense')).rejects.toThrow('Invalid page token')
  })

  test('activities stay with a model that gets another name, and go with their version', async () => {
    const { id } = await comment('ann', 'stays')
    await registry.models.rename('m', 'n', registry.by('owner'))
    const { items } = await registry.transitions.activities('n', 1, { maxResults: 10, pageToken: undefined })
    expect(items).toMatchObject([{ id, comment: 'stays' }])
    await registry.news()
    await registry.transitions.changeComment(id, 'still here', registry.by('ann'))
    expect(await registry.news()).toMatchObject([{ data: { name: 'n', version: '1' } }])

    await registry.models.rename('n', 'm', registry.by('owner'))
    await comment('ann', 'of version 2', 2)
    await registry.versions.delete('m', 2, registry.by('owner'))
    await expect(page(10, undefined, 2)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await registry.newModel('other')
    const fresh = await registry.transitions.activities('other', 1, { maxResults: 10, pageToken: undefined })
    expect(fresh.items).toEqual([])
  })
})
