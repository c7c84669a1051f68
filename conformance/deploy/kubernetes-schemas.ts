import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'

import { goModule } from '../../scripts/go-program.ts'

/** An object of Kubernetes, as a manifest states it. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: unknown
  readonly data?: Readonly<Record<string, string>>
}

interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

type Schema = Record<string, unknown> & { readonly 'x-kubernetes-group-version-kind'?: readonly Kind[] }

/**
 * What is wrong with a manifest by the OpenAPI schemas that Kubernetes publishes with its source: missing and unknown
 * fields, wrong types. Empty where nothing is.
 */
export async function kubernetesFaults(manifest: Manifest, version: string): Promise<string[]> {
  const [group, apiVersion] = manifest.apiVersion.includes('/')
    ? manifest.apiVersion.split('/')
    : ['', manifest.apiVersion]
  const name = group === '' ? `api__${apiVersion}` : `apis__${group}__${apiVersion}`
  const folder = join(await goModule('k8s.io/kubernetes', version), 'api/openapi-spec/v3')
  const file = join(folder, `${name}_openapi.json`)
  if (!existsSync(file)) return [`apiVersion '${manifest.apiVersion}' is unknown`]
  const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: Record<string, Schema> } }
  const key = Object.entries(components.schemas).find(([, schema]) =>
    schema['x-kubernetes-group-version-kind']?.some(
      (one) => one.group === group && one.version === apiVersion && one.kind === manifest.kind,
    ),
  )?.[0]
  if (key === undefined) return [`${manifest.apiVersion} has no kind '${manifest.kind}'`]
  for (const schema of Object.values(components.schemas)) {
    // Kubernetes drops fields that it does not know: here they are faults.
    if (schema['properties'] !== undefined) schema['additionalProperties'] ??= false
  }
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  const validate = ajv.compile({ $ref: `#/components/schemas/${key}`, components })
  if (validate(manifest)) return []
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}
