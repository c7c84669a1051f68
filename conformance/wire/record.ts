import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { requestText } from './compare.ts'
import type { RecordedStep } from './compare.ts'
import { groups } from './groups.ts'
import { normalise } from './normalise.ts'
import { recordingFolder } from './recording.ts'
import type { Recording } from './recording.ts'
import { replay } from './replay.ts'
import type { Scenario } from './scenario.ts'

// Sends every scenario to an official MLflow server and keeps its answers. Run by hand, against a new store, when a
// case is added or a newer MLflow is taken as the measure: node conformance/wire/record.ts --url http://127.0.0.1:5000
const { values, positionals } = parseArgs({
  options: { url: { type: 'string', default: 'http://127.0.0.1:5000' } },
  allowPositionals: true,
})
const mlflow = await (await fetch(`${values.url}/version`)).text()

mkdirSync(recordingFolder, { recursive: true })
for (const { noun, scenarios } of groups) {
  if (positionals.length > 0 && !positionals.includes(noun)) continue
  const recorded: Record<string, RecordedStep[]> = {}
  for (const scenario of scenarios) recorded[scenario.name] = await recordScenario(scenario)
  const recording: Recording = { mlflow, scenarios: recorded }
  writeFileSync(join(recordingFolder, `${noun}.json`), `${JSON.stringify(recording, null, 2)}\n`)
  const steps = Object.values(recorded).reduce((sum, list) => sum + list.length, 0)
  console.log(`${noun}: ${scenarios.length} scenarios, ${steps} steps`)
}

async function recordScenario(scenario: Scenario): Promise<RecordedStep[]> {
  const exchanges = await replay(scenario, values.url)
  return scenario.steps.map((step, index) => {
    const request = requestText(step)
    const exchange = exchanges[index]
    if (exchange === undefined || 'lacks' in exchange) {
      throw new Error(`${scenario.name}: no earlier reply gave what this needs: ${request}`)
    }
    const outcome = normalise(step, exchange)
    const { errorCode, message } = outcome
    if (step.says !== undefined && step.differs?.errorCode === undefined && !message?.includes(step.says)) {
      throw new Error(`${scenario.name}: ${request}\nMLflow does not say “${step.says}” but ${errorCode} “${message}”`)
    }
    return { request, ...outcome }
  })
}
