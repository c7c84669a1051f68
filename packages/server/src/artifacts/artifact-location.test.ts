import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLocate } from './artifact-location.ts'
import type { Locate } from './artifact-location.ts'
import { openLocalArtifactStore } from './local-artifact-store.ts'
import type { LocalArtifactStore } from './local-artifact-store.ts'

let home: string
let proxied: LocalArtifactStore
let local: LocalArtifactStore
let locate: Locate

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'artifact-location-'))
  proxied = await openLocalArtifactStore(join(home, 'proxied'))
  await symlink(proxied.root, join(home, 'link'))
  local = await openLocalArtifactStore(join(home, 'link', 'local'))
  locate = createLocate(proxied, [local])
})

afterAll(async () => {
  await Promise.all([proxied.close(), local.close()])
  await rm(home, { recursive: true })
})

test.each([
  ['mlflow-artifacts:/1/abc/artifacts', '1/abc/artifacts'],
  ['mlflow-artifacts://host:5000/1/abc/artifacts', '1/abc/artifacts'],
  ['mlflow-artifacts:/', ''],
  ['mlflow-artifacts:/a%20b/c', 'a b/c'],
  ['mlflow-artifacts:/100%/c', '100%/c'],
  ['http://host/pre/api/2.0/mlflow-artifacts/artifacts/1/abc', '1/abc'],
])('createLocate finds %s below the proxied root', (uri, folder) => {
  expect(locate(uri)).toEqual({ store: proxied, folder })
})

test('createLocate finds paths and file: URIs in a local folder, also by the name it was given', () => {
  for (const root of [local.root, join(home, 'link', 'local')]) {
    expect(locate(join(root, '1', 'a b'))).toEqual({ store: local, folder: '1/a b' })
    expect(locate(pathToFileURL(join(root, '1', 'a b')).href)).toEqual({ store: local, folder: '1/a b' })
    expect(locate(root)).toEqual({ store: local, folder: '' })
  }
})

test.each(['/etc', 'file:///etc', '', '../../x'])('createLocate serves nothing of %j, outside its folders', (uri) => {
  expect(() => locate(uri)).toThrowError(expect.objectContaining({ code: 'PERMISSION_DENIED' }))
})

test('createLocate is not led out by `..` in a URI', () => {
  const denied = expect.objectContaining({ code: 'PERMISSION_DENIED' })
  expect(() => locate(`${local.root}/../x`)).toThrowError(denied)
  expect(() => locate(`${local.root}-other/x`)).toThrowError(denied)
  expect(() => locate(`file://${local.root}/%2e%2e/x`)).toThrowError(denied)
  const invalid = expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE' })
  expect(() => locate(`file://${local.root}/%2e%2e%2fx`)).toThrowError(invalid)
  expect(() => locate('mlflow-artifacts:/../x')).toThrowError(invalid)
  expect(() => locate('mlflow-artifacts:/%2e%2e/x')).toThrowError(invalid)
})

test.each(['s3://bucket/x', 'gs://bucket/x', 'dbfs:/x', 'https://host/elsewhere'])(
  'createLocate does not know %s yet',
  (uri) => {
    expect(() => locate(uri)).toThrowError(expect.objectContaining({ code: 'NOT_IMPLEMENTED' }))
  },
)

test('createLocate refuses proxied artifacts under --no-serve-artifacts', () => {
  expect(() => createLocate(undefined, [])('mlflow-artifacts:/1')).toThrowError(
    expect.objectContaining({ code: 'TEMPORARILY_UNAVAILABLE', message: expect.stringContaining('--serve-artifacts') }),
  )
})
