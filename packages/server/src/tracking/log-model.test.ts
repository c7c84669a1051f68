import { describe, expect, test } from 'vitest'

import { addToHistory, describeModel } from './log-model.ts'

const model = { run_id: 'r', artifact_path: 'm', utc_time_created: '2026-01-01', flavors: { sklearn: { v: 1 } } }

describe('describeModel', () => {
  test("keeps MLflow's fields in MLflow's order", () => {
    const given = { flavors: {}, extra: 1, model_uuid: 'u', utc_time_created: 't', artifact_path: 'p', run_id: 'r' }
    expect(JSON.stringify(describeModel(JSON.stringify(given)))).toBe(
      '{"run_id":"r","artifact_path":"p","utc_time_created":"t","model_uuid":"u","flavors":{}}',
    )
    expect(describeModel(JSON.stringify(model))).toEqual(model)
  })

  test.each([
    [undefined, "Missing value for required parameter 'model_json'."],
    ['', "Missing value for required parameter 'model_json'."],
    ['{', 'Malformed model info. \n { \n is not a valid JSON.'],
    ['[]', 'Malformed model info: it must be a JSON object, got [].'],
    ['null', 'Malformed model info: it must be a JSON object, got null.'],
    ['{"run_id": "r", "flavors": {}}', "Model json is missing mandatory fields: {'artifact_path', 'utc_time_created'}"],
  ])('refuses %s', (text, message) => {
    expect(() => describeModel(text)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message }))
  })
})

describe('addToHistory', () => {
  test('appends, and begins a list where there is none', () => {
    const once = addToHistory(undefined, model)
    expect(JSON.parse(once)).toEqual([model])
    expect(JSON.parse(addToHistory(once, { ...model, run_id: 'other' }))).toEqual([
      model,
      { ...model, run_id: 'other' },
    ])
  })

  test.each(['no JSON', '{"a": 1}', '5', 'null', ''])('counts the text %j as none', (text) => {
    expect(JSON.parse(addToHistory(text, model))).toEqual([model])
  })
})
