import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { guideBlocks } from './guide-blocks.ts'
import { pythonEnvironment } from './python-environment.ts'
import { startServer } from './start-server.ts'

const run = promisify(execFile)
/** What prepares the reader's machine is done here by the test's own environment. */
const isSetUp = (text: string): boolean => /^(npm|pip|export) /m.test(text)

test('docs/guides/first-run.md does what it says, block by block', { timeout: 300_000 }, async (context) => {
  const python = await pythonEnvironment('python')
  if ('unavailable' in python) return context.skip(python.unavailable)
  await using server = await startServer()
  const folder = mkdtempSync(join(tmpdir(), 'trackway-guide-'))
  try {
    const env = {
      ...process.env,
      PATH: `${python.bin}${delimiter}${process.env['PATH'] ?? ''}`,
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
      MPLBACKEND: 'Agg',
    }
    let printed = ''
    const told: { readonly printed: string; readonly guide: string }[] = []
    const ran: string[] = []
    for (const { language, text, saveAs } of guideBlocks('first-run.md')) {
      if (language === 'python') writeFileSync(join(folder, saveAs ?? 'unnamed.py'), text)
      else if (language === 'text') told.push({ printed, guide: text })
      else if (!isSetUp(text)) {
        printed = (await run('sh', ['-e', '-c', text], { cwd: folder, env })).stdout
        ran.push(text.trim())
      }
    }
    expect(ran.map((command) => command.split(' ', 2).join(' '))).toEqual([
      'python train.py',
      'python log.py',
      'python read.py',
      'curl --fail',
    ])
    expect(told.length).toBeGreaterThan(0)
    expect(told.map((one) => one.printed)).toEqual(told.map((one) => one.guide))
    expect(JSON.parse(printed)).toMatchObject({ experiment: { name: 'diabetes' } })
    await expectForest(server.url, (JSON.parse(printed) as { experiment: { experiment_id: string } }).experiment)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** What the guide says that autologging writes down. */
async function expectForest(url: string, { experiment_id }: { experiment_id: string }): Promise<void> {
  const reply = await fetch(`${url}/api/2.0/mlflow/runs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_ids: [experiment_id], filter: "attributes.run_name = 'forest'" }),
  })
  const { runs } = (await reply.json()) as { runs: Record<string, Record<string, { key: string }[]>>[] }
  expect(runs).toHaveLength(1)
  const { data, inputs, outputs } = runs[0] ?? {}
  expect(data?.['params']).toContainEqual({ key: 'n_estimators', value: '20' })
  const metrics = data?.['metrics']?.map(({ key }) => key) ?? []
  expect(metrics.filter((key) => key.startsWith('training_')).length).toBeGreaterThan(0)
  expect(metrics.filter((key) => !key.startsWith('training_')).length).toBeGreaterThan(0)
  expect(inputs?.['dataset_inputs']?.length).toBeGreaterThan(0)
  expect(outputs?.['model_outputs']).toHaveLength(1)
}
