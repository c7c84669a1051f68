import { parse } from 'yaml'

/** What an MLmodel file says of a model, as far as a page shows it. */
export interface Mlmodel {
  readonly flavors: readonly { readonly name: string; readonly facts: readonly (readonly [string, string])[] }[]
  readonly signature: { readonly [K in SignaturePart]: readonly Field[] | undefined }
  /** Path of the example's file. */
  readonly inputExample: string | undefined
  /** The rest that is plain: version of MLflow, size, time. */
  readonly facts: readonly (readonly [string, string])[]
}

export const signatureParts = ['inputs', 'outputs', 'params'] as const
export type SignaturePart = (typeof signatureParts)[number]

export interface Field {
  /** Undefined for a tensor without a name. */
  readonly name: string | undefined
  readonly type: string
  readonly isRequired: boolean
  /** Of a param, as JSON. */
  readonly default: string | undefined
}

type Record_ = Readonly<Record<string, unknown>>

/** @throws Error where the text is no YAML. */
export function parseMlmodel(text: string): Mlmodel {
  // Aliases in YAML can grow without end; a model's file has none.
  const file = record(parse(text, { maxAliasCount: 20 }))
  const signature = record(file['signature'])
  const example = record(file['saved_input_example_info'])
  return {
    flavors: Object.entries(record(file['flavors'])).map(([name, value]) => ({
      name,
      facts: plainFacts(record(value)),
    })),
    signature: {
      inputs: fields(signature['inputs']),
      outputs: fields(signature['outputs']),
      params: fields(signature['params']),
    },
    inputExample: typeof example['artifact_path'] === 'string' ? example['artifact_path'] : undefined,
    facts: plainFacts(file),
  }
}

function plainFacts(values: Record_): (readonly [string, string])[] {
  return Object.entries(values).flatMap(([key, value]) => {
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[key, String(value)] as const]
      : []
  })
}

/** A part of a signature: a JSON text within the YAML. */
function fields(value: unknown): readonly Field[] | undefined {
  let list = value
  if (typeof value === 'string') {
    try {
      list = JSON.parse(value)
    } catch {
      return undefined
    }
  }
  if (!Array.isArray(list)) return undefined
  return list.map(record).map((field) => ({
    name: typeof field['name'] === 'string' ? field['name'] : undefined,
    type: typeText(field),
    isRequired: field['required'] !== false && field['optional'] !== true,
    default: field['default'] === undefined ? undefined : JSON.stringify(field['default']),
  }))
}

/** A type as one line: `double`, `array<string>`, `{a: long, b?: string}`, `tensor float32 (-1, 28, 28)`. */
function typeText(field: Record_): string {
  const { type } = field
  if (type === 'tensor') {
    const spec = record(field['tensor-spec'])
    return `tensor ${typeof spec['dtype'] === 'string' ? spec['dtype'] : ''} ${shapeText(spec['shape'])}`.trim()
  }
  if (type === 'array') return `array<${typeText(record(field['items']))}>`
  if (type === 'map') return `map<${typeText(record(field['values']))}>`
  if (type === 'object') {
    const members = Object.entries(record(field['properties'])).map(([name, value]) => {
      const member = record(value)
      return `${name}${member['required'] === false ? '?' : ''}: ${typeText(member)}`
    })
    return `{${members.join(', ')}}`
  }
  const shape = Array.isArray(field['shape']) ? ` ${shapeText(field['shape'])}` : ''
  return `${typeof type === 'string' ? type : 'any'}${shape}`
}

function shapeText(shape: unknown): string {
  return Array.isArray(shape) ? `(${shape.map(String).join(', ')})` : ''
}

function record(value: unknown): Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record_) : {}
}
