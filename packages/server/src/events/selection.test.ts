import { describe, expect, test } from 'vitest'

import { matches, selectedKinds, selectionOf } from './selection.ts'
import type { EventSelection } from './store.ts'

const everything: EventSelection = { kinds: [], experimentIds: [], names: [] }
const created = { kind: 'model_version.created', data: { name: 'm', version: '1' } }
const renamed = { kind: 'registered_model.renamed', data: { name: 'm', new_name: 'n' } }
const finished = { kind: 'run.finished', data: { experiment_id: '1' } }
const moved = { kind: 'run.moved', data: { run_id: 'r', experiment_id: '3', from_experiment_id: '1' } }
const experiment = { kind: 'experiment.created', data: { experiment_id: '2', name: 'm' } }
const all = [created, renamed, finished, experiment]

const selected = (selection: Partial<EventSelection>) =>
  all.filter((event) => matches({ ...everything, ...selection }, event))

describe('matches()', () => {
  test.each<[string, Partial<EventSelection>, object[]]>([
    ['all events where nothing is asked for', {}, all],
    ['a kind', { kinds: ['run.finished'] }, [finished]],
    ['an entity, but not those whose names begin with it', { kinds: ['model_version', 'ru'] }, [created]],
    ['either of two kinds', { kinds: ['run.finished', 'registered_model'] }, [renamed, finished]],
    ['experiments, and all that is of none', { experimentIds: ['1'] }, [created, renamed, finished]],
    ['names, and all that has none in this sense', { names: ['x'] }, [finished, experiment]],
    ['a model under its old name', { names: ['m'] }, all],
    ['a model under its new name', { names: ['n'] }, [renamed, finished, experiment]],
    ['both at once', { experimentIds: ['2'], names: ['x'] }, [experiment]],
    ['a kind of a name', { kinds: ['model_version'], names: ['m'], experimentIds: ['5'] }, [created]],
  ])('selects %s', (_what, selection, events) => {
    expect(selected(selection)).toEqual(events)
  })
})

test.each(['1', '3'])('matches() gives a moved run to who follows experiment %s', (id) => {
  expect(matches({ ...everything, experimentIds: [id] }, moved)).toBe(true)
  expect(matches({ ...everything, experimentIds: ['2'] }, moved)).toBe(false)
})

describe('selectedKinds()', () => {
  test('lists the kinds of an entity', () => {
    expect(selectedKinds({ ...everything, kinds: ['comment', 'prompt.deleted'] })).toEqual([
      'comment.created',
      'comment.updated',
      'comment.deleted',
      'prompt.deleted',
    ])
  })
})

describe('selectionOf()', () => {
  test('takes kinds, entities, experiments and names', () => {
    expect(selectionOf({ kinds: ['run', 'comment.created'], names: ['m'] })).toEqual({
      kinds: ['run', 'comment.created'],
      experimentIds: [],
      names: ['m'],
    })
  })

  test.each(['', 'runs', 'run.', 'run.stopped', 'RUN'])('refuses the kind %j', (kind) => {
    expect(() => selectionOf({ kinds: ['run', kind] })).toThrow(
      `Invalid value '${kind}' for parameter 'kinds' supplied: it must be a kind of event, such as ` +
        'model_version.created, or an entity: registered_model, registered_model_tag, model_version,',
    )
  })
})
