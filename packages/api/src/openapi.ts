import { fileInfo } from './artifacts.ts'
import { dataset, datasetInput } from './datasets.ts'
import type { Endpoint, Method } from './endpoint.ts'
import { basesOf, endpoints, prefixes } from './endpoints.ts'
import { errorStatus } from './errors.ts'
import { experiment, tag } from './experiments.ts'
import { event } from './events.ts'
import { loggedModel } from './logged-models.ts'
import { metric, param, run, runInfo } from './runs.ts'
import { modelVersion } from './model-versions.ts'
import { registeredModel, registeredModelSettings } from './registered-models.ts'
import type { Field, MessageSchema, Schema } from './schema.ts'

import { activity } from './transition-requests.ts'
import { view } from './views.ts'
import { delivery, webhook } from './webhooks.ts'

type Json = Readonly<Record<string, unknown>>

/** Messages that get a name of their own; all others are written out where they are used. */
const named: ReadonlyMap<Schema, string> = new Map<Schema, string>([
  [activity, 'Activity'],
  [dataset, 'Dataset'],
  [datasetInput, 'DatasetInput'],
  [event, 'Event'],
  [experiment, 'Experiment'],
  [fileInfo, 'FileInfo'],
  [loggedModel, 'LoggedModel'],
  [metric, 'Metric'],
  [modelVersion, 'ModelVersion'],
  [param, 'Param'],
  [registeredModel, 'RegisteredModel'],
  [registeredModelSettings, 'RegisteredModelSettings'],
  [run, 'Run'],
  [runInfo, 'RunInfo'],
  [tag, 'Tag'],
  [view, 'View'],
  [webhook, 'Webhook'],
  [delivery, 'WebhookDelivery'],
])

/** The whole contract as an OpenAPI 3.1 document; `version` is the server's. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [name, endpoint] of Object.entries<Endpoint>(endpoints)) {
    const path = endpoint.path.replaceAll('*}', '}')
    const item = (paths[path] ??=
      endpoint.at === undefined ? {} : { servers: basesOf(endpoint).map((url) => ({ url: url || '/' })) })
    // An operation's id is unique: the endpoint's other method goes without.
    item[endpoint.method.toLowerCase()] = operation(endpoint, endpoint.method, name)
    const { alsoMethod } = endpoint
    if (alsoMethod !== undefined) item[alsoMethod.toLowerCase()] = operation(endpoint, alsoMethod)
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Trackway',
      version,
      description:
        "MLflow's REST API. A request may give an int64 as a number or as a string of digits, and a double also as one of " +
        'the strings that replies use for what JSON cannot write. Unknown fields are ignored. Replies leave absent fields out.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: prefixes.map((url) => ({ url })),
    paths,
    components: {
      schemas: {
        Error: {
          type: 'object',
          properties: { error_code: { type: 'string', enum: Object.keys(errorStatus) }, message: { type: 'string' } },
          required: ['error_code', 'message'],
        },
        ...Object.fromEntries([...named].map(([schema, name]) => [name, writtenOut(schema)])),
      },
    },
  }
}

/** The group that an endpoint belongs to in references: the first word of its path, such as 'runs'. */
export function endpointGroup({ path }: Endpoint): string {
  const [first = '', second = first] = path.split('/').filter((word) => word !== '' && !word.startsWith('{'))
  return /artifact/.test(path) ? 'artifacts' : first === 'mlflow' ? second : first
}

function operation(endpoint: Endpoint, method: Method, operationId?: string): Json {
  const fields = Object.entries((endpoint.request as MessageSchema).fields)
  const inPath = fields.filter(([name]) => new RegExp(`\\{${name}\\*?\\}`).test(endpoint.path))
  const others = fields.filter((field) => !inPath.includes(field))
  const inQuery = method === 'GET' || endpoint.file === 'request'
  return {
    ...(operationId === undefined ? {} : { operationId }),
    tags: [endpointGroup(endpoint)],
    summary: endpoint.summary,
    'x-access': endpoint.access,
    parameters: [
      ...inPath.map(([name, field]) => parameter('path', name, field)),
      ...(inQuery ? others.map(([name, field]) => parameter('query', name, field)) : []),
    ],
    ...requestBody(endpoint, inQuery ? [] : others),
    responses: {
      200: {
        description: 'Done.',
        content: endpoint.file === 'response' ? bytes : json(jsonSchema(endpoint.response)),
      },
      default: { description: 'Refused or failed.', content: json({ $ref: '#/components/schemas/Error' }) },
    },
  }
}

function parameter(place: 'path' | 'query', name: string, field: Field): Json {
  return { name, in: place, required: field.required, ...about(field), schema: jsonSchema(field.schema) }
}

function requestBody(endpoint: Endpoint, fields: readonly [string, Field][]): Json {
  if (endpoint.file === 'request') return { requestBody: { required: true, content: bytes } }
  if (fields.length === 0) return {}
  return { requestBody: { required: true, content: json(objectOf(fields)) } }
}

const bytes = { 'application/octet-stream': {} }

function json(schema: Json): Json {
  return { 'application/json': { schema } }
}

function jsonSchema(schema: Schema): Json {
  const name = named.get(schema)
  return name === undefined ? writtenOut(schema) : { $ref: `#/components/schemas/${name}` }
}

function writtenOut(schema: Schema): Json {
  switch (schema.type) {
    case 'string':
    case 'boolean':
      return { type: schema.type }
    case 'int32':
    case 'int64':
      return { type: 'integer', format: schema.type }
    case 'double':
      return { anyOf: [{ type: 'number', format: 'double' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] }
    case 'enum':
      return { type: 'string', enum: schema.values }
    case 'list':
      return { type: 'array', items: jsonSchema(schema.items) }
    case 'map':
      return { type: 'object', additionalProperties: { type: 'string' } }
    case 'json':
      return {}
    case 'message':
      return objectOf(Object.entries(schema.fields))
  }
}

function objectOf(fields: readonly [string, Field][]): Json {
  const required = fields.filter(([, field]) => field.required).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([name, field]) => [name, { ...about(field), ...jsonSchema(field.schema) }]),
    ),
    ...(required.length === 0 ? {} : { required }),
  }
}

function about(field: Field): Json {
  return field.about === undefined ? {} : { description: field.about }
}
