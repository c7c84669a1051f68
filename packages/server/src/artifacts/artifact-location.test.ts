import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLocate, isProxied } from './artifact-location.ts'
import type { Locate } from './artifact-location.ts'
import { openLocalArtifactStore } from './local-artifact-store.ts'
import type { LocalArtifactStore } from './local-artifact-store.ts'

let home: string
let proxied: LocalArtifactStore
let local: LocalArtifactStore
let bucket: LocalArtifactStore
let locate: Locate

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'artifact-location-'))
  proxied = await openLocalArtifactStore(join(home, 'proxied'))
  await symlink(proxied.root, join(home, 'link'))
  local = await openLocalArtifactStore(join(home, 'link', 'local'))
  bucket = await openLocalArtifactStore(join(home, 'bucket'))
  locate = createLocate(proxied, [
    { store: local, uris: [local.root, local.namedRoot] },
    // Which kind of store it is does not matter here.
    { store: bucket, uris: ['s3://Bucket/some/prefix/'] },
  ])
})

afterAll(async () => {
  await Promise.all([proxied.close(), local.close(), bucket.close()])
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

test.each([
  ['s3://bucket/some/prefix', ''],
  ['s3://bucket/some/prefix/', ''],
  ['S3://BUCKET/some//prefix/1/a%20b/artifacts?x#y', '1/a%20b/artifacts'],
])('createLocate finds %s below the root that the server was started with', (uri, folder) => {
  expect(locate(uri)).toEqual({ store: bucket, folder })
})

test.each([
  's3://bucket/some',
  's3://bucket/some/prefixed/x',
  's3://bucket/SOME/prefix/x',
  's3://other/some/prefix/x',
  's3://bucket/some/../some/prefix2',
  'gs://bucket/some/prefix',
  'dbfs:/x',
  'https://host/elsewhere',
])('createLocate does not serve %s', (uri) => {
  expect(() => locate(uri)).toThrowError(expect.objectContaining({ code: 'PERMISSION_DENIED' }))
})

test('createLocate is not led out of a bucket by `..`', () => {
  for (const uri of ['s3://bucket/some/prefix/../x', 's3://bucket/some/prefix/%2e%2e/x']) {
    expect(() => locate(uri)).toThrowError(expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE' }))
  }
})

test.each([
  ['mlflow-artifacts:/1', true],
  ['https://host/pre/api/2.0/mlflow-artifacts/artifacts/1', true],
  ['https://host/models', false],
  ['s3://bucket/api/2.0/mlflow-artifacts/artifacts', false],
  ['/srv/artifacts', false],
])('isProxied(%j) is %j', (uri, expected) => {
  expect(isProxied(uri)).toBe(expected)
})

test('createLocate refuses proxied artifacts under --no-serve-artifacts', () => {
  expect(() => createLocate(undefined, [])('mlflow-artifacts:/1')).toThrowError(
    expect.objectContaining({ code: 'TEMPORARILY_UNAVAILABLE', message: expect.stringContaining('--serve-artifacts') }),
  )
})
