import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { testEngines } from './test-engines.ts'
import { createTestTransitions } from './test-transitions.ts'
import type { TestTransitions } from './test-transitions.ts'

describe.each(testEngines)('the transition store on $engine', ({ open }) => {
  let registry: TestTransitions

  beforeEach(async () => {
    registry = createTestTransitions(await open())
    await registry.newModel('m', 4)
    await registry.news()
  })
  afterEach(() => registry.close())

  const settings = (to_stage: string, from_stage?: string) =>
    registry.transitions.changeSettings(
      'm',
      { approvals: [from_stage ? { to_stage, from_stage } : { to_stage }] },
      registry.by('owner'),
    )

  test('apply moves a version, logs it, tells of it and touches the version and its model', async () => {
    const author = registry.by('ann')
    const moved = await registry.transitions.apply(
      { name: 'm', version: 2, stage: 'Staging', archiveExisting: false, comment: 'looks good' },
      author,
    )
    expect(moved).toMatchObject({ name: 'm', version: '2', current_stage: 'Staging' })
    expect(moved.last_updated_timestamp).toBe(author.time)
    expect((await registry.models.get('m')).last_updated_timestamp).toBe(author.time)
    expect((await registry.versions.get('m', 1)).last_updated_timestamp).toBeLessThan(author.time)
    expect(await registry.stages()).toEqual(['None', 'Staging', 'None', 'None'])
    expect(await registry.log(2)).toEqual([
      {
        id: expect.stringMatching(/^\d+$/),
        activity_type: 'APPLIED_TRANSITION',
        user_id: 'ann',
        creation_timestamp: author.time,
        last_updated_timestamp: author.time,
        comment: 'looks good',
        from_stage: 'None',
        to_stage: 'Staging',
      },
    ])
    expect(await registry.news()).toEqual([
      {
        id: expect.any(Number),
        kind: 'model_version.stage_transitioned',
        timestamp: author.time,
        user_id: 'ann',
        data: {
          name: 'm',
          version: '2',
          from_stage: 'None',
          to_stage: 'Staging',
          run_id: null,
          comment: 'looks good',
          archived_versions: [],
        },
      },
    ])
  })

  test('apply leaves the other versions of the stage, unless they are to be archived', async () => {
    await registry.move(1, 'Production')
    await registry.move(3, 'Staging')
    await registry.move(2, 'Production')
    expect(await registry.stages()).toEqual(['Production', 'Production', 'Staging', 'None'])
    await registry.news()

    const author = registry.by('ann')
    await registry.move(4, 'Production', { archiveExisting: true, comment: 'better' }, author)
    expect(await registry.stages()).toEqual(['Archived', 'Archived', 'Staging', 'Production'])
    expect((await registry.versions.get('m', 1)).last_updated_timestamp).toBe(author.time)
    expect((await registry.versions.get('m', 3)).last_updated_timestamp).toBeLessThan(author.time)
    expect((await registry.log(1)).at(-1)).toEqual({
      id: expect.any(String),
      activity_type: 'SYSTEM_TRANSITION',
      user_id: 'ann',
      creation_timestamp: author.time,
      last_updated_timestamp: author.time,
      system_comment: 'Archived when version 4 was moved to Production.',
      from_stage: 'Production',
      to_stage: 'Archived',
    })
    expect((await registry.news()).map(({ data }) => data)).toEqual([
      expect.objectContaining({ version: '4', to_stage: 'Production', archived_versions: ['1', '2'] }),
      expect.objectContaining({ version: '1', from_stage: 'Production', to_stage: 'Archived', archived_versions: [] }),
      expect.objectContaining({ version: '2', from_stage: 'Production', to_stage: 'Archived', archived_versions: [] }),
    ])
  })

  test('apply archives nothing of another model', async () => {
    await registry.newModel('other')
    await registry.move(1, 'Staging', { name: 'other' })
    await registry.move(1, 'Staging', { archiveExisting: true })
    expect((await registry.versions.get('other', 1)).current_stage).toBe('Staging')
  })

  test("apply to the version's own stage changes times only, as in MLflow", async () => {
    await registry.move(1, 'Staging')
    await registry.news()
    const author = registry.by('ann')
    await registry.move(1, 'Staging', {}, author)
    expect((await registry.versions.get('m', 1)).last_updated_timestamp).toBe(author.time)
    expect((await registry.models.get('m')).last_updated_timestamp).toBe(author.time)
    expect(await registry.log(1)).toHaveLength(1)
    expect(await registry.news()).toEqual([])
  })

  test("apply to the version's own stage still archives the others, and keeps what was said", async () => {
    await registry.move(1, 'Staging')
    await registry.move(2, 'Staging')
    await registry.news()
    await registry.move(2, 'Staging', { archiveExisting: true, comment: 'alone' })
    expect(await registry.stages()).toEqual(['Archived', 'Staging', 'None', 'None'])
    expect((await registry.log(2)).at(-1)).toMatchObject({
      from_stage: 'Staging',
      to_stage: 'Staging',
      comment: 'alone',
    })
    expect((await registry.news()).map(({ data }) => data)).toEqual([
      expect.objectContaining({ version: '1', to_stage: 'Archived' }),
    ])
  })

  test.each([
    ['unknown version', 'm', 9],
    ['unknown model', 'none', 1],
  ])('apply of an %s changes nothing', async (_what, name, version) => {
    await registry.move(1, 'Staging')
    await expect(registry.move(version, 'Staging', { name, archiveExisting: true })).rejects.toMatchObject({
      code: 'RESOURCE_DOES_NOT_EXIST',
      message: expect.stringContaining(`Model Version (name=${name}, version=${version}) not found`),
    })
    expect(await registry.stages()).toEqual(['Staging', 'None', 'None', 'None'])
  })

  test('settings are none at first; changeSettings keeps what is not given and tells of it once', async () => {
    expect(await registry.transitions.settings('m')).toEqual({ approvals: [], allow_self_approval: false })
    const rules = [
      { to_stage: 'Archived', from_stage: 'Production' },
      { to_stage: 'Production', from_stage: 'Staging' },
      { to_stage: 'Production' },
      { to_stage: 'Production', from_stage: 'Staging' },
    ]
    const kept = [
      { to_stage: 'Production' },
      { to_stage: 'Production', from_stage: 'Staging' },
      { to_stage: 'Archived', from_stage: 'Production' },
    ]
    const change = (more: object) => registry.transitions.changeSettings('m', more, registry.by('owner'))
    expect(await change({ approvals: rules })).toEqual({ approvals: kept, allow_self_approval: false })
    expect(await change({ allow_self_approval: true })).toEqual({ approvals: kept, allow_self_approval: true })
    expect(await change({ approvals: kept, allow_self_approval: true })).toEqual(await change({}))
    expect(await change({ approvals: [] })).toEqual({ approvals: [], allow_self_approval: true })
    expect(await registry.transitions.settings('m')).toEqual({ approvals: [], allow_self_approval: true })
    expect((await registry.news()).map(({ kind, data }) => [kind, data])).toEqual(
      [
        { name: 'm', approvals: kept, allow_self_approval: false },
        { name: 'm', approvals: kept, allow_self_approval: true },
        { name: 'm', approvals: [], allow_self_approval: true },
      ].map((data) => ['registered_model.settings_updated', data]),
    )
  })

  test('settings belong to one model, follow its name and go with it', async () => {
    await registry.newModel('other')
    await settings('Production')
    expect((await registry.transitions.settings('other')).approvals).toEqual([])
    await registry.models.rename('m', 'n', registry.by('owner'))
    expect((await registry.transitions.settings('n')).approvals).toHaveLength(1)
    await expect(registry.transitions.settings('m')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    await registry.models.delete('n', registry.by('owner'))
    await registry.newModel('n')
    expect(await registry.transitions.settings('n')).toEqual({ approvals: [], allow_self_approval: false })
  })

  test('apply is refused where a rule demands approval, and says what to do', async () => {
    await settings('Production', 'Staging')
    await registry.move(1, 'Staging')
    const refused = {
      code: 'PERMISSION_DENIED',
      message: expect.stringMatching(
        /^The settings of model 'm' demand an approval for moving version 1 from Staging to Production\. Ask for it with transition-requests\/create, then have somebody else approve it with transition-requests\/approve\.$/,
      ),
    }
    await expect(registry.move(1, 'Production', { archiveExisting: true })).rejects.toMatchObject(refused)
    await registry.transitions.changeSettings('m', { allow_self_approval: true }, registry.by('owner'))
    await expect(registry.move(1, 'Production')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('or approve it yourself'),
    })
    await registry.move(2, 'Production')
    expect(await registry.stages()).toEqual(['Staging', 'Production', 'None', 'None'])
  })

  test('a rule without from_stage is for any, but neither for archiving nor for the own stage', async () => {
    await registry.move(1, 'Staging')
    await registry.transitions.changeSettings(
      'm',
      { approvals: [{ to_stage: 'Archived' }, { to_stage: 'Production' }] },
      registry.by('owner'),
    )
    await expect(registry.move(1, 'Production')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await expect(registry.move(2, 'Production')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    await registry.move(2, 'Staging', { archiveExisting: true })
    await registry.move(1, 'Archived')
    expect(await registry.stages()).toEqual(['Archived', 'Staging', 'None', 'None'])
  })
})
