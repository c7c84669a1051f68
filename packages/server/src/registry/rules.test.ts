import { describe, expect, test } from 'vitest'

import {
  canonicalStage,
  checkAlias,
  checkModelName,
  checkNewAlias,
  checkNewModelName,
  checkTag,
  eventTags,
  saysPrompt,
  versionNumber,
} from './rules.ts'

const refusal = (message: string) =>
  expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringContaining(message) })

describe('checkModelName', () => {
  test.each(['a', ' a ', '😀 ünï 漢字', '%2e%2e', 'a\\b', '.a', 'a..', 'x'.repeat(300)])('takes %j', (name) => {
    expect(() => checkModelName(name)).not.toThrow()
  })

  test.each([
    ['', "Missing value for required parameter 'name'."],
    [' \n', "Missing value for required parameter 'name'."],
    ['a/b', "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    ['a:b', "Invalid model name 'a:b'. Names cannot contain '/' or ':'."],
    ['.', 'Invalid value "." for parameter \'name\' supplied: Names may be treated as files'],
    ['..', "This name would resolve to '..'"],
    ['..a', 'Names may be treated as files'],
  ])('refuses %j', (name, sentence) => {
    expect(() => checkModelName(name)).toThrow(refusal(sentence))
  })

  test('names the field that it was in', () => {
    expect(() => checkModelName(' ', 'new_name')).toThrow(refusal("parameter 'new_name'"))
  })
})

test('checkNewModelName takes 256 characters and no more', () => {
  expect(() => checkNewModelName('𝒳'.repeat(256))).not.toThrow()
  expect(() => checkNewModelName('x'.repeat(257))).toThrow(
    refusal("'name' exceeds the maximum length of 256 characters: it has 257"),
  )
})

describe('checkTag', () => {
  const tag = (key: string, value = '') => ({ key, value })

  test.each([
    tag('a'),
    tag('a b/c.d:e-f_g', ''),
    tag('é'.repeat(250)),
    tag('a', '𝒳'.repeat(100_000)),
    tag('mlflow.prompt.text', '𝒳'.repeat(100_000)),
  ])('takes what MLflow takes', (one) => {
    expect(() => checkTag(one)).not.toThrow()
  })

  test.each([
    [tag('a$'), 'Invalid value "a$" for parameter \'key\' supplied: Names may only contain alphanumerics'],
    [tag(''), "for parameter 'key' supplied"],
    [tag('../a'), "This name would resolve to '../a'"],
    [tag('k'.repeat(251)), "'key' exceeds the maximum length of 250 characters"],
    [tag('a', 'x'.repeat(100_001)), "'value' exceeds the maximum length of 100000 characters"],
    [tag('mlflow.prompt.text', 'x'.repeat(100_001)), 'Prompt text exceeds max length of 100000 characters.'],
  ])('refuses the rest', (one, sentence) => {
    expect(() => checkTag(one)).toThrow(refusal(sentence))
  })
})

describe('aliases', () => {
  test.each(['champion', 'a-b_c', 'é', 'v', 'V1a', '1', '-', 'latest1', 'x'.repeat(255)])('take %j', (alias) => {
    expect(() => checkNewAlias(alias)).not.toThrow()
  })

  test.each(['a b', 'a.b', 'a/b', 'a\n', 'a:b', ''])('never take %j', (alias) => {
    expect(() => checkAlias(alias)).toThrow(
      refusal(`Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`),
    )
  })

  test('have at most 255 characters', () => {
    expect(() => checkAlias('x'.repeat(256))).toThrow(
      refusal("'Registered model alias name' exceeds the maximum length of 255 characters"),
    )
  })

  test.each([
    ['latest', "'latest' alias name (case insensitive) is reserved."],
    ['LaTest', "'latest' alias name (case insensitive) is reserved."],
    ['v1', "Version alias name 'v1' is reserved."],
    ['V007', "Version alias name 'V007' is reserved."],
  ])('cannot be set to %s, but looked up', (alias, sentence) => {
    expect(() => checkNewAlias(alias)).toThrow(refusal(sentence))
    expect(() => checkAlias(alias)).not.toThrow()
  })
})

describe('saysPrompt', () => {
  const mark = (value: string) => ({ key: 'mlflow.prompt.is_prompt', value })

  test('minds the tag that marks prompts, in any letter case, and the last of several', () => {
    expect(saysPrompt([mark('TRUE'), { key: 'a', value: 'x' }])).toBe(true)
    expect(saysPrompt([mark('true'), mark('false')])).toBe(false)
    expect(saysPrompt([{ key: 'a', value: 'true' }])).toBe(false)
  })

  test('eventTags leaves out what only marks a prompt, but of prompts only', () => {
    const tags = [mark('true'), { key: '_mlflow_prompt_type', value: 'text' }, { key: 'a', value: '1' }]
    expect(eventTags(tags, true)).toEqual({ a: '1' })
    expect(eventTags(tags, false)).toEqual({
      'mlflow.prompt.is_prompt': 'true',
      _mlflow_prompt_type: 'text',
      a: '1',
    })
  })
})

describe('versionNumber', () => {
  test.each([
    ['1', 1],
    ['01', 1],
    [' 2 ', 2],
    ['-1', -1],
    ['9'.repeat(30), 1e30],
  ])('reads %j', (text, number) => {
    expect(versionNumber(text)).toBe(number)
  })

  test.each(['', 'abc', '1.5', 'latest', '1e0', '0x1'])('refuses %j', (text) => {
    expect(() => versionNumber(text)).toThrow(refusal(`Parameter 'version' must be an integer, got '${text}'.`))
  })
})

test('canonicalStage finds a stage in any letter case and refuses others', () => {
  expect(['none', 'STAGING', 'Production', 'archiveD'].map(canonicalStage)).toEqual([
    'None',
    'Staging',
    'Production',
    'Archived',
  ])
  for (const stage of ['bogus', '', ' Staging', 'Deleted_Internal']) {
    expect(() => canonicalStage(stage)).toThrow(
      refusal(`Invalid Model Version stage: ${stage}. Value must be one of None, Staging, Production, Archived.`),
    )
  }
})
