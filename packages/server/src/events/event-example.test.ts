import { eventKinds } from '@trackway/api'
import type { EventKind } from '@trackway/api'
import { expect, test } from 'vitest'

import { exampleOf } from './event-example.ts'

test.each(Object.keys(eventKinds) as EventKind[])('exampleOf %s has a value for every field', (kind) => {
  const example = exampleOf(kind)
  expect(Object.keys(example).join(', ')).toBe(eventKinds[kind].data)
  expect(Object.values(example).every((value) => value !== undefined)).toBe(true)
})

test.each([
  [
    'registered_model.created',
    { name: 'example_model', tags: { example_key: 'example_value' }, description: 'An example registered model' },
  ],
  [
    'model_version.created',
    {
      name: 'example_model',
      version: '1',
      source: 'models:/123',
      run_id: 'abcd1234abcd5678',
      tags: { example_key: 'example_value' },
      description: 'An example model version',
    },
  ],
  ['model_version_alias.deleted', { name: 'example_model', alias: 'example_alias' }],
  ['prompt_tag.set', { name: 'example_prompt', key: 'example_key', value: 'example_value' }],
  [
    'prompt_version.created',
    {
      name: 'example_prompt',
      version: '1',
      template: 'Hello {{name}}!',
      tags: { example_key: 'example_value' },
      description: 'An example prompt version',
    },
  ],
] as const)('exampleOf %s is that of MLflow', (kind, example) => {
  expect(exampleOf(kind)).toEqual(example)
})
