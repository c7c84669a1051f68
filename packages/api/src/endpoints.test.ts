import { describe, expect, test } from 'vitest'
import type { Endpoint } from './endpoint.ts'
import { endpoints, prefixes } from './endpoints.ts'
import type { MessageSchema, Schema } from './schema.ts'

const table = Object.entries<Endpoint>(endpoints)
const fieldsOf = (schema: Schema): MessageSchema['fields'] => (schema as MessageSchema).fields

function addresses({ method, alsoMethod, path, at }: Endpoint): string[] {
  const methods = alsoMethod === undefined ? [method] : [method, alsoMethod]
  // The name of a path parameter does not tell two addresses apart.
  const where = path.replaceAll(/\{\w+\*?\}/g, '{}')
  return methods.map((one) => `${one} ${at ?? ''}${where}`)
}

describe('endpoints', () => {
  test('has one address for one endpoint', () => {
    const all = table.flatMap(([, endpoint]) => addresses(endpoint))
    expect(all.filter((address, index) => all.indexOf(address) !== index)).toEqual([])
  })

  test('has each entry once', () => {
    expect(new Set(table.map(([, endpoint]) => endpoint)).size).toBe(table.length)
  })

  describe.each(table)('%s', (_name, endpoint) => {
    test('takes and gives messages', () => {
      expect([endpoint.request.type, endpoint.response.type]).toEqual(['message', 'message'])
    })

    test('has every path parameter as a text of its request', () => {
      for (const [, parameter = ''] of endpoint.path.matchAll(/\{(\w+)\*?\}/g)) {
        expect(fieldsOf(endpoint.request)).toHaveProperty(`${parameter}.schema.type`, 'string')
      }
    })

    test('says whose permission it needs by a field of its request', () => {
      const { resource, permission, field } = endpoint.access
      const needsNone = resource === 'public' || resource === 'server' || permission === 'search'
      expect([needsNone ? undefined : '', ...Object.keys(fieldsOf(endpoint.request))]).toContain(field)
    })

    test('never writes by GET', () => {
      const methods = [endpoint.method, endpoint.alsoMethod]
      expect(endpoint.mode === 'write' && methods.includes('GET')).toBe(false)
    })

    test('says in a sentence what it does', () => {
      expect(endpoint.summary).toMatch(/^[A-Z].*\.$/)
    })

    test('has plain path parts and a wildcard only at the end', () => {
      expect(endpoint.path).toMatch(/^(\/([\w-]+|\{\w+\}))+(\/\{\w+\*\})?$/)
      expect(endpoint.path).toMatch(endpoint.at === undefined ? /^\/mlflow(-artifacts)?\// : /^\/(?!mlflow)/)
    })
  })

  test('has MLflow’s names of fields: words joined by underscores', () => {
    const seen = new Set<string>()
    const walk = (schema: Schema): void => {
      if (schema.type === 'list') walk(schema.items)
      if (schema.type !== 'message') return
      for (const [name, field] of Object.entries(schema.fields)) {
        seen.add(name)
        walk(field.schema)
      }
    }
    for (const [, { request, response }] of table) {
      walk(request)
      walk(response)
    }
    expect(seen.size).toBeGreaterThan(50)
    expect([...seen].filter((name) => !/^[a-z]+(_[a-z]+)*$/.test(name))).toEqual([])
  })
})

describe('prefixes', () => {
  test('are those that MLflow’s clients and UIs use', () => {
    expect(prefixes).toEqual(['/api/2.0', '/api/3.0', '/ajax-api/2.0', '/ajax-api/3.0', '/api/2.0/preview'])
  })
})
