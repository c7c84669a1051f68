import { describe, expect, it } from 'vitest'

import { UsageError } from '../../flags.ts'
import { nameFilter, parseReference, requireModel, requireVersion } from './model-reference.ts'

describe('parseReference', () => {
  it.each([
    ['churn', { name: 'churn' }],
    ['churn/3', { name: 'churn', version: { by: 'number', number: '3' } }],
    ['churn@champion', { name: 'churn', version: { by: 'alias', alias: 'champion' } }],
    ['churn/production', { name: 'churn', version: { by: 'stage', stage: 'Production' } }],
    ['churn/Latest', { name: 'churn', version: { by: 'latest' } }],
    ['models:/churn/3', { name: 'churn', version: { by: 'number', number: '3' } }],
    ['models:/churn@champion', { name: 'churn', version: { by: 'alias', alias: 'champion' } }],
    ['需要 予測/3', { name: '需要 予測', version: { by: 'number', number: '3' } }],
    ['me@example.com', { name: 'me@example.com' }],
    ['a@b/', { name: 'a@b' }],
    ['a@b/3', { name: 'a@b', version: { by: 'number', number: '3' } }],
    ['a@b@champion', { name: 'a@b', version: { by: 'alias', alias: 'champion' } }],
  ])('of %j is %j', (text, reference) => {
    expect(parseReference(text)).toEqual(reference)
  })

  it.each(['churn/v3', 'churn/3/4', 'churn/prod', '', '/3', 'models:/'])('refuses %j', (text) => {
    expect(() => parseReference(text)).toThrow(UsageError)
  })

  it('says how an alias is written', () => {
    expect(() => parseReference('churn/champion')).toThrow(/an alias as churn@champion/)
  })
})

describe('requireVersion and requireModel', () => {
  it('say what is missing, and what is too much', () => {
    expect(() => requireVersion('churn')).toThrow('Which version of churn? Give churn/3, say, or churn@champion.')
    expect(() => requireModel('churn/3')).toThrow("'churn/3' is one version: this takes the model, churn.")
    expect(requireModel('churn')).toBe('churn')
  })
})

describe('nameFilter', () => {
  it('quotes what the name does not hold', () => {
    expect(nameFilter("it's")).toBe(`name = "it's"`)
    expect(nameFilter('a "b"')).toBe(`name = 'a "b"'`)
  })
})
