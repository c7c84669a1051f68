import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { pythonEnvironment } from './python-environment.ts'
import { startServer } from './start-server.ts'
import type { Deployment } from './start-server.ts'

interface Outcome {
  readonly test: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly detail: string
}

/**
 * Runs the pytest files of a folder with the client pinned there, against a server of each kind, and reports each as a
 * test here. All at once: a client mostly waits, for its server or for what it imports.
 */
export function pythonSuite(folder: string, deployments: readonly Deployment[]): void {
  const root = join(import.meta.dirname, folder)
  const outcomes = new Map<Deployment, readonly Outcome[]>()
  let unavailable: string | undefined

  beforeAll(async () => {
    const environment = await pythonEnvironment(folder)
    if ('unavailable' in environment) {
      unavailable = environment.unavailable
      return
    }
    const { bin } = environment
    const runs = deployments.map(async (deployment) => {
      await using server = await startServer(deployment)
      outcomes.set(deployment, await runPytest(root, bin, server.url))
    })
    await Promise.all(runs)
  })

  const files = readdirSync(root).filter((name) => /^test_.*\.py$/.test(name))
  for (const [deployment, file] of deployments.flatMap((each) => files.map((name) => [each, name] as const))) {
    const names = [...readFileSync(join(root, file), 'utf8').matchAll(/^def (test_\w+)/gm)].map(
      (match) => match[1] ?? '',
    )
    describe(`${deployment}: ${file}`, () => {
      for (const name of names) {
        test(name, (context) => {
          if (unavailable !== undefined) context.skip(unavailable)
          // A parametrised test has several outcomes.
          const own = (outcomes.get(deployment) ?? []).filter((outcome) => outcome.test === `${file}::${name}`)
          const skipped = own.find((outcome) => outcome.outcome === 'skipped')
          if (skipped) context.skip(skipped.detail)
          expect(own, 'pytest did not run this test').not.toEqual([])
          expect.assert(
            own.every((outcome) => outcome.outcome === 'passed'),
            own.map((outcome) => outcome.detail).join('\n'),
          )
        })
      }
    })
  }
}

async function runPytest(root: string, bin: string, url: string): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'trackway-pytest-'))
  try {
    const report = join(folder, 'outcomes.jsonl')
    const pytest = spawn(
      join(bin, 'python'),
      ['-m', 'pytest', '-q', '--tb=short', '-p', 'no:cacheprovider', '-p', 'outcomes', root],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
          PYTHONPATH: import.meta.dirname,
          PYTHONDONTWRITEBYTECODE: '1',
          PYTEST_OUTCOMES: report,
          MLFLOW_TRACKING_URI: url,
          MLFLOW_DISABLE_TELEMETRY: 'true',
          MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
          MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
          GIT_PYTHON_REFRESH: 'quiet',
          MPLBACKEND: 'Agg',
        },
      },
    )
    let written = ''
    for (const stream of [pytest.stdout, pytest.stderr]) stream.on('data', (chunk) => (written += String(chunk)))
    const [code] = (await once(pytest, 'exit')) as [number | null]
    // 0: all passed, 1: some failed; anything else means that pytest itself did not work.
    if (code !== 0 && code !== 1) throw new Error(`pytest ended with ${code}:\n${written}`)
    const lines = readFileSync(report, 'utf8').trim().split('\n')
    return lines.map((line) => JSON.parse(line) as Outcome)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
