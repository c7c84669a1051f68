import { describe, expect, it } from 'vitest'
import { parseMlmodel } from './mlmodel.ts'

const text = `artifact_path: model
flavors:
  python_function:
    loader_module: mlflow.sklearn
    python_version: 3.11.7
    env:
      conda: conda.yaml
  sklearn:
    code: null
    sklearn_version: 1.9.1
mlflow_version: 3.17.2
saved_input_example_info:
  artifact_path: input_example.json
  type: dataframe
signature:
  inputs: '[{"type": "double", "name": "age", "required": true}, {"type": "long",
    "name": "visits", "required": false}, {"type": "array", "items": {"type": "object", "properties":
    {"a": {"type": "string", "required": true}, "b": {"type": "map", "values": {"type": "long"}, "required": false}}}, "name": "deep"}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1, 3]}}]'
  params: '[{"name": "threshold", "default": 0.5, "shape": null, "type": "double"}]'
`

describe('parseMlmodel', () => {
  const model = parseMlmodel(text)

  it('reads the signature, nested types and tensors too', () => {
    expect(model.signature.inputs).toEqual([
      { name: 'age', type: 'double', isRequired: true, default: undefined },
      { name: 'visits', type: 'long', isRequired: false, default: undefined },
      { name: 'deep', type: 'array<{a: string, b?: map<long>}>', isRequired: true, default: undefined },
    ])
    expect(model.signature.outputs?.map(({ type }) => type)).toEqual(['tensor int64 (-1, 3)'])
    expect(model.signature.params?.[0]).toMatchObject({ name: 'threshold', type: 'double', default: '0.5' })
  })

  it('reads flavours, the example and plain facts', () => {
    expect(model.flavors.map(({ name }) => name)).toEqual(['python_function', 'sklearn'])
    expect(model.flavors[1]?.facts).toEqual([['sklearn_version', '1.9.1']])
    expect(model.inputExample).toBe('input_example.json')
    expect(model.facts).toContainEqual(['mlflow_version', '3.17.2'])
  })

  it.each(['', '[]', 'signature: 3', "signature:\n  inputs: 'no json'", 'flavors: text'])(
    'finds nothing in %j',
    (broken) => {
      expect(parseMlmodel(broken)).toMatchObject({
        flavors: [],
        inputExample: undefined,
        signature: { inputs: undefined },
      })
    },
  )

  it('refuses what is no YAML, and aliases without end', () => {
    expect(() => parseMlmodel('a: [')).toThrow(/flow/i)
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]`
    expect(() => parseMlmodel(bomb)).toThrow(/alias/i)
  })
})
