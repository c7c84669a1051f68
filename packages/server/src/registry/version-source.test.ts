import { describe, expect, test } from 'vitest'

import { liesInside } from './source-uri.ts'
import { checkPromptSource, checkSourceText, longestSource, readVersionSource } from './version-source.ts'
import type { SourceOwner } from './version-source.ts'

const nobody: SourceOwner = { runId: undefined, modelId: undefined }
const ofRun: SourceOwner = { runId: 'r1', modelId: undefined }
const ofModel: SourceOwner = { runId: undefined, modelId: 'm-1' }

const refused = (message: string | RegExp) =>
  expect.objectContaining({
    code: 'INVALID_PARAMETER_VALUE',
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  })

function judged(source: string, owner: SourceOwner = nobody): unknown {
  try {
    return readVersionSource(source, owner)
  } catch (error) {
    return error
  }
}

const pick = (name: string, picked: unknown) => ({ kind: 'version', name, pick: picked })
const elsewhere = { kind: 'elsewhere' }
const proxied = { kind: 'ownFiles', isLocal: false }
const local = { kind: 'ownFiles', isLocal: true }

describe('readVersionSource takes', () => {
  test.each<[source: string, owner: SourceOwner, read: unknown]>([
    ['s3://b/a', nobody, elsewhere],
    ['s3:/b', nobody, elsewhere],
    ['s3://b/a//c', nobody, elsewhere],
    ['s3://b/a/', nobody, elsewhere],
    ['s3://b/..x/c', nobody, elsewhere],
    ['s3://b/a?x=../y', nobody, elsewhere],
    ['s3://b/a%20b', nobody, elsewhere],
    ['s3://b/a+b/100%', nobody, elsewhere],
    ['gs://b/模型/ü', ofRun, elsewhere],
    ['dbfs:/x', nobody, elsewhere],
    ['wasbs://c@a.blob.core.windows.net/x', nobody, elsewhere],
    ['runs:/r1/model', ofRun, elsewhere],
    ['runs:/r1', ofRun, elsewhere],
    ['runs:///r1/m', { ...ofRun, runId: '' }, refused('The run_id request parameter must identify')],
    ['mlflow-artifacts:/0/r1/artifacts/x', ofRun, proxied],
    ['mlflow-artifacts:/0/models/m-1/artifacts', ofModel, proxied],
    ['MLFLOW-ARTIFACTS:/0/r1', ofRun, proxied],
    ['/art/r1', nobody, local],
    ['relative', nobody, local],
    ['dummy-source', nobody, local],
    ['file:///art/r1', ofRun, local],
    ['FILE:///art', ofRun, local],
    [' file:///etc/passwd', nobody, local],
    ['f\tile:///etc/passwd', nobody, local],
    ['C:\\models', nobody, local],
    ['C:/models', nobody, local],
    ['..\\..\\x', nobody, local],
    ['%2e%2e/x', nobody, local],
    ['models:/m-1', ofModel, { kind: 'loggedModel' }],
    ['models:///m-1', ofModel, { kind: 'loggedModel' }],
    ['models:/net/3', nobody, pick('net', { by: 'number', version: 3 })],
    ['models:/net/03', nobody, pick('net', { by: 'number', version: 3 })],
    ['models:/net/3?x=1', nobody, pick('net', { by: 'number', version: 3 })],
    ['models:/a#b/3', nobody, pick('a#b', { by: 'number', version: 3 })],
    ['models:/net/latest', nobody, pick('net', { by: 'newest' })],
    ['models:/net@LATEST', nobody, pick('net', { by: 'newest' })],
    ['models:/net/PRODUCTION', nobody, pick('net', { by: 'stage', stage: 'Production' })],
    ['models:/net@champ', ofRun, pick('net', { by: 'alias', alias: 'champ' })],
    ['models:/a@b@champ', nobody, pick('a@b', { by: 'alias', alias: 'champ' })],
  ])('%j', (source, owner, read) => {
    expect(judged(source, owner)).toEqual(read)
  })
})

describe('readVersionSource refuses', () => {
  const relative =
    /^Invalid model version source: '.*'\. If supplying .* an absolute path must be provided without relative/s
  const byRun = 'The run_id request parameter must identify the resource that contains the source.'
  const byModel = 'The model_id request parameter must identify the resource that contains the source.'

  test.each([
    's3://b/../x',
    's3://b/a/..',
    's3://b/./a',
    's3://b',
    's3://b/',
    's3:b',
    'foo:bar',
    'uc://x',
    's3://b/%2e%2e/x',
    's3://b/%2E%2e%2fx',
    's3://b/%252e%252e/x',
    's3://b/%25252e%25252e%25252fx',
    's3://b/a%2f..%2f..',
    's3://b/a\\..\\x',
    's3://b/a%5c..%5cx',
    's3://b/a%00',
    's3://b/a\0',
    's3://b/a/.\n./x',
    's3://b/a?x=/../y',
    's3://b/a#/../y',
    's3://[b/x',
    `s3://b/%${'25'.repeat(20)}2e`,
    'mlflow-artifacts:/0/r1/../r2',
    'mlflow-artifacts:/x/%2e%2e/y',
    'mlflow-artifacts:0/r1',
    'runs:/r1/../r2',
    'runs:/',
    'models:/..',
  ])('%j, which leads elsewhere', (source) => {
    expect(judged(source, ofRun)).toEqual(refused(relative))
  })

  test.each(['ftp', 'sftp', 'hdfs', 'viewfs', 'http', 'https', 'r2', 'b2', 'abfss', 'mlflow-artifacts'])(
    '%s://host, to which readers would connect',
    (scheme) => {
      const message = `'source' cannot use the '${scheme}' scheme: `
      expect(judged(`${scheme}://host/api/2.0/mlflow-artifacts/artifacts/x`, ofRun)).toEqual(refused(message))
      expect(judged(` ${scheme.toUpperCase()}://h/x`, ofModel)).toEqual(refused(message))
    },
  )

  test.each<[source: string, owner: SourceOwner, message: string]>([
    ['runs:/r1/model', nobody, byRun],
    ['runs:/r2/model', ofRun, byRun],
    ['runs:/r12/model', ofRun, byRun],
    ['runs:/%72%31/model', ofRun, byRun],
    ['runs://host/r1/model', ofRun, byRun],
    ['runs:/r1/model', { runId: 'r1', modelId: 'm-1' }, byModel],
    ['mlflow-artifacts:/0/r1/artifacts', nobody, byRun],
    ['mlflow-artifacts:/0/r1/artifacts', { runId: '', modelId: '' }, byRun],
    ['models:/m-1', nobody, byModel],
    ['models:/m-1', ofRun, byModel],
    ['models:/m-2', ofModel, byModel],
    ['models:/', ofModel, byModel],
    ['models:', ofModel, byModel],
    ['models:m-1', ofModel, byModel],
    ['models:/a/b/c', nobody, byModel],
    ['models:/a/', nobody, byModel],
    ['models:/a/ ', nobody, byModel],
    ['models:/a@', nobody, byModel],
    ['models://host/net/3', nobody, 'Registered model sources must use the active model registry'],
    ['models:/@champ', nobody, "Missing value for required parameter 'name'"],
    ['models:/a:b/3', nobody, "Names cannot contain '/' or ':'"],
    ['models:/net/3.5', nobody, 'Invalid Model Version stage: 3.5'],
    ['models:/net/..', nobody, 'Invalid Model Version stage: ..'],
    ['models:/net@a b', nobody, "Invalid alias name: 'a b'"],
  ])('%j of %j', (source, owner, message) => {
    expect(judged(source, owner)).toEqual(refused(message))
  })

  test('without work that grows faster than the source', () => {
    const hostile = ['%25', '25', '%', '/', '\\', '../', '%2', 'é', '\ud800', ' ', '?', '#', ':', '@', '[', '\t', '%c3']
    const before = performance.now()
    for (const part of hostile) {
      for (const head of ['', 's3://b/', 's3://b/%', 'models:/', 'mlflow-artifacts:/', 'file://', 'runs:/']) {
        const source = head + part.repeat(longestSource / part.length - head.length)
        const outcome = judged(source, ofRun)
        expect(outcome instanceof Error ? outcome.message.length : 0).toBeLessThan(1500)
        liesInside(source, 'mlflow-artifacts:/0/r1/artifacts')
        liesInside(source, '/art/r1')
      }
    }
    expect(performance.now() - before).toBeLessThan(2000)
  })
})

test('checkSourceText judges length before all else, then the pattern of the server', () => {
  checkSourceText('s'.repeat(longestSource), null)
  const long = '%25'.repeat(10 * 1024 * 1024)
  expect(() => checkSourceText(long, /^(.*)*$/)).toThrow(
    refused(/^'source' exceeds the maximum length of 10000 characters: it has 31457280, and begins with "%25/),
  )
  checkSourceText('s3://mine/x', /^s3:\/\/mine\//)
  expect(() => checkSourceText('s3://other/x', /^s3:\/\/mine\//)).toThrow(
    refused(/^Invalid model version source: 's3:\/\/other\/x'\.$/),
  )
})

test('checkPromptSource takes what MLflow’s clients send', () => {
  checkPromptSource('dummy-source')
  checkPromptSource('prompt-template')
  for (const source of ['s3://b/x', 'dummy-source/../x', '', '/etc/passwd']) {
    expect(() => checkPromptSource(source)).toThrow(
      refused(`Invalid prompt source: '${source}'. Prompt sources must use`),
    )
  }
})

describe('liesInside', () => {
  const run = 'mlflow-artifacts:/0/r1/artifacts'

  test.each<[uri: string, root: string, inside: boolean]>([
    [run, run, true],
    [`${run}/`, run, true],
    [`${run}/a/b`, run, true],
    ['mlflow-artifacts:///0//r1/artifacts/a', run, true],
    ['MLFLOW-ARTIFACTS:/0/r1/%61rtifacts/a', run, true],
    [`${run}-more/a`, run, false],
    ['mlflow-artifacts:/0/r1', run, false],
    ['mlflow-artifacts:/0/r1%2fartifacts/x', run, false],
    ['mlflow-artifacts:/0/R1/artifacts', run, false],
    ['mlflow-artifacts://host/0/r1/artifacts/a', run, false],
    ['s3:/0/r1/artifacts/a', run, false],
    ['/0/r1/artifacts/a', run, false],
    [`${run}?/../x`, run, true],
    ['mlflow-artifacts:/anything', 'mlflow-artifacts:/', false],
    ['/art/r1', '/art/r1', true],
    ['/art/r1/m', '/art/r1', true],
    ['/art/r1/a/../b', '/art/r1', true],
    ['/art/r1/..a', '/art/r1', true],
    ['/art/r1/100%', '/art/r1', true],
    ['/art/100%25/m', '/art/100%25', true],
    ['file:///art/r1/m', '/art/r1', true],
    ['/art/r1/m', 'file:///art/r1', true],
    ['file://localhost/art/r1/m', '/art/r1', true],
    ['/art/r1/../r2', '/art/r1', false],
    ['/art/r12', '/art/r1', false],
    ['/art', '/art/r1', false],
    ['/art/r1/%2e%2e/r2', '/art/r1', false],
    ['/art/r1/%252e%252e/r2', '/art/r1', false],
    ['/art/r1/..%2f..%2fetc', '/art/r1', false],
    ['file:///art/r1/%2e%2e/r2', '/art/r1', false],
    ['file:///art/r1/%252e%252e/r2', '/art/r1', false],
    ['file:///art/r1/..%2fr2', '/art/r1', false],
    ['file://host/art/r1/m', '/art/r1', false],
    ['file:art/r1/m', '/art/r1', false],
    ['file:', '/art/r1', false],
    ['/art/r1/\0', '/art/r1', false],
    ['/art/r1/%00', '/art/r1', false],
    [' /art/r1/m', '/art/r1', false],
    [' file:///art/r1/../r2', '/art/r1', false],
    ['fi\nle:///etc/passwd', '/art/r1', false],
    ['/art/r1/m', run, false],
    ['/art/r1/m', 's3://b/art/r1', false],
    ['s3://b/art/r1/m', '/art/r1', false],
  ])('%j in %j: %s', (uri, root, inside) => {
    expect(liesInside(uri, root)).toBe(inside)
  })
})
