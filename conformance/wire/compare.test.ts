import { describe, expect, test } from 'vitest'
import { compare, requestText } from './compare.ts'
import type { RecordedStep } from './compare.ts'
import { differencesPage } from './differences.ts'
import { groups } from './groups.ts'
import { readRecording } from './recording.ts'
import type { Exchange } from './replay.ts'
import { get } from './scenario.ts'
import type { Json, Step } from './scenario.ts'

const reading = get('runs/get', { run_id: '1' })

/** `body` as text is sent as it stands. */
function problems(step: Step, recorded: Omit<RecordedStep, 'request'>, status: number, body: Json | string): string[] {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  const exchange: Exchange = { reply: { status, headers, text }, known: new Map([['run', 'abcdefgh']]) }
  return compare({ name: 'a', steps: [step] }, [{ request: requestText(step), ...recorded }], [exchange])
}

describe('compare()', () => {
  test('accepts the recorded reply, with other ids and another order of tags', () => {
    const tags = [
      { key: 'a', value: '${run}' },
      { key: 'b', value: 'x' },
    ]
    const given = [
      { key: 'b', value: 'x' },
      { key: 'a', value: 'abcdefgh' },
    ]
    expect(problems(reading, { status: 200, body: { tags } }, 200, { tags: given })).toEqual([])
  })

  test('names the innermost value that differs', () => {
    const [problem] = problems(reading, { status: 200, body: { run: { info: { a: 1, b: 2 } } } }, 200, {
      run: { info: { a: 1, b: '2' } },
    })
    expect(problem).toContain('run.info.b is "2", not 2')
  })

  test('tells a missing field, an extra one and a list of another length', () => {
    expect(problems(reading, { status: 200, body: { a: 1 } }, 200, {})[0]).toContain('a is absent, not 1')
    expect(problems(reading, { status: 200, body: {} }, 200, { a: 1 })[0]).toContain('a is 1, not absent')
    expect(problems(reading, { status: 200, body: { a: [1] } }, 200, { a: [1, 2] })[0]).toContain('a is [1,2], not [1]')
  })

  test('keeps the order of a metric history and the digits of int64', () => {
    const metrics = [{ step: 2 }, { step: 1 }]
    expect(problems(reading, { status: 200, body: { metrics } }, 200, { metrics: metrics.toReversed() })).toHaveLength(
      1,
    )
    const exact = get('metrics/get-history', {}, { only: 'metrics[].step' })
    const recorded = { status: 200, body: { 'metrics[].step': ['int64:9007199254740993'] } }
    expect(problems(exact, recorded, 200, '{"metrics": [{"step": 9007199254740993}]}')).toEqual([])
    expect(problems(exact, recorded, 200, '{"metrics": [{"step": 9007199254740992}]}')).toHaveLength(1)
  })

  test('wants the same status, error code and the message’s chosen part', () => {
    const refused = { ...reading, says: 'not found' }
    const recorded = { status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST', message: 'Run not found' }
    const ours = (error_code: string, message: string): Json => ({ error_code, message })
    expect(problems(refused, recorded, 404, ours('RESOURCE_DOES_NOT_EXIST', 'x not found.'))).toEqual([])
    expect(problems(refused, recorded, 400, ours('RESOURCE_DOES_NOT_EXIST', 'x not found.'))[0]).toContain(
      'answers 400',
    )
    expect(problems(refused, recorded, 404, ours('INVALID_STATE', 'x not found.'))[0]).toContain('says INVALID_STATE')
    expect(problems(refused, recorded, 404, ours('RESOURCE_DOES_NOT_EXIST', 'gone'))[0]).toContain('“gone”')
  })

  test('lets a difference pass only as its reason tells it, and only while it is one', () => {
    const step = get('runs/get', { run_id: '1' }, { differs: { reason: 'r', at: { a: 2 } } })
    expect(problems(step, { status: 200, body: { a: 1 } }, 200, { a: 2 })).toEqual([])
    expect(problems(step, { status: 200, body: { a: 1 } }, 200, { a: 1 })).toHaveLength(1)
    expect(problems(step, { status: 200, body: { a: 2 } }, 200, { a: 2 })[0]).toContain('changes nothing')
  })

  test('expects of a server with a bucket what MLflow says of one, and only there', () => {
    const step = { ...reading, ofBucket: { parts: true } }
    const recorded: RecordedStep = { request: requestText(step), status: 200, body: { parts: false } }
    for (const parts of [true, false]) {
      const text = JSON.stringify({ parts })
      const headers = { 'content-type': 'application/json' }
      const exchange: Exchange = { reply: { status: 200, headers, text }, known: new Map() }
      for (const hasBucket of [true, false]) {
        const found = compare({ name: 'a', steps: [step] }, [recorded], [exchange], hasBucket)
        expect(found).toHaveLength(parts === hasBucket ? 0 : 1)
      }
    }
  })

  test('tells a step that was changed after it was recorded, or could not be sent', () => {
    const steps = [reading]
    const stale: RecordedStep = { request: 'GET other', status: 200 }
    expect(compare({ name: 'a', steps }, [stale], [])[0]).toContain('not what was recorded')
    const recorded: RecordedStep = { request: requestText(reading), status: 200 }
    expect(compare({ name: 'a', steps }, [recorded], [{ lacks: 'run' }])[0]).toContain('${run}')
  })
})

describe('differencesPage()', () => {
  test('has each reason once', () => {
    const steps = groups.flatMap(({ scenarios }) => scenarios.flatMap((scenario) => scenario.steps))
    const page = differencesPage()
    for (const reason of new Set(steps.flatMap(({ differs }) => differs?.reason ?? []))) {
      expect(page.split(reason.replaceAll('|', '\\|'))).toHaveLength(2)
    }
  })
})

describe('the recordings', () => {
  test('have the scenarios of their group and no others', () => {
    for (const { noun, scenarios } of groups) {
      expect(Object.keys(readRecording(noun).scenarios)).toEqual(scenarios.map(({ name }) => name))
    }
  })
})
