import { describe, expect, test } from 'vitest'
import { endpoints } from './endpoints.ts'
import { openApiDocument } from './openapi.ts'

interface Operation {
  readonly operationId?: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema?: unknown }> }
}

const document = openApiDocument('1.2.3') as {
  readonly info: { readonly version: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, unknown> }
}

function operations(): [string, Operation][] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      method === 'servers' ? [] : [[path, operation] as [string, Operation]],
    ),
  )
}

describe('openApiDocument()', () => {
  test('has each endpoint of the contract once, under its name', () => {
    const ids = operations().flatMap(([, operation]) => operation.operationId ?? [])
    expect(ids.toSorted()).toEqual(Object.keys(endpoints).toSorted())
    expect(document.info.version).toBe('1.2.3')
  })

  test('declares every parameter that a path names, as required', () => {
    for (const [path, operation] of operations()) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
      expect(inPath.every(({ required }) => required)).toBe(true)
    }
  })

  test('refers only to schemas that it holds', () => {
    const names = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map((match) => match[1])
    expect(names).toContain('Run')
    for (const name of names) expect(document.components.schemas).toHaveProperty(`${name}`)
  })

  test('puts fields into the query for GET and into a JSON body for POST', () => {
    const search = document.paths['/mlflow/experiments/search']
    expect(search?.['get']?.parameters.map(({ name }) => name)).toContain('filter')
    expect(search?.['get']?.requestBody).toBeUndefined()
    expect(search?.['post']?.parameters).toEqual([])
    expect(search?.['post']?.requestBody?.content['application/json']?.schema).toHaveProperty('properties.filter')
  })

  test("shows a file's bytes as such, with its fields in path and query", () => {
    const upload = document.paths['/mlflow-artifacts/mpu/part/{artifact_path}']?.['put']
    expect(upload?.requestBody?.content).toEqual({ 'application/octet-stream': {} })
    expect(upload?.parameters.map(({ name }) => name)).toEqual(['artifact_path', 'upload_id', 'part_number'])
  })
})
