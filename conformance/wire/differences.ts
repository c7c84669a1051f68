import { requestText } from './compare.ts'
import type { RecordedStep } from './compare.ts'
import { groups } from './groups.ts'
import { readRecording } from './recording.ts'
import type { Difference, Step } from './scenario.ts'

/** The page docs/reference/differences.md: every reply that is not MLflow's on purpose, one row for each reason. */
export function differencesPage(): string {
  const rows = new Map<string, string>()
  let mlflow = ''
  for (const { noun, scenarios } of groups) {
    const recording = readRecording(noun)
    mlflow = recording.mlflow
    for (const { name, steps } of scenarios) {
      for (const [index, step] of steps.entries()) {
        const recorded = recording.scenarios[name]?.[index]
        if (step.differs === undefined || recorded === undefined || rows.has(step.differs.reason)) continue
        rows.set(step.differs.reason, row(step, step.differs, recorded))
      }
    }
  }
  return [
    '# Where replies differ from MLflow’s',
    '',
    `Measured against the official server ${mlflow}: the conformance tests replay its answers, and each difference must have a reason.`,
    'Messages of errors may be worded otherwise; their codes and statuses are the same but for these. Every error reply here is',
    'JSON with an `error_code`, also where MLflow sends an HTML page. Fields that only MLflow’s workspaces use are absent.',
    '',
    '| Difference | For example | MLflow | Trackway |',
    '| --- | --- | --- | --- |',
    ...rows.values(),
    '',
  ].join('\n')
}

function row(step: Step, differs: Difference, recorded: RecordedStep): string {
  const request = requestText(step).replace('/api/2.0/mlflow/', '')
  const short = request.length > 110 ? `${request.slice(0, 110)}…` : request
  const there = answer(recorded.status, recorded.errorCode)
  const here = answer(differs.status ?? recorded.status, differs.errorCode)
  const values = Object.entries(differs.at ?? {}).map(([path, value]) => `\`${path}\`: ${JSON.stringify(value)}`)
  const cells = [differs.reason, `\`${short.replaceAll('`', '')}\``, there, values.join(', ') || here]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`
}

function answer(status: number, errorCode: string | undefined): string {
  return errorCode === undefined ? `${status}` : `${status} ${errorCode}`
}
