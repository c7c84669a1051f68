import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { guideBlocks } from './guide-blocks.ts'
import { pythonEnvironment } from './python-environment.ts'
import { startServer } from './start-server.ts'

const run = promisify(execFile)

interface Dispatch {
  readonly event_type: string
  readonly client_payload: Readonly<Record<string, string>>
}

interface Workflow {
  readonly on: { readonly repository_dispatch: { readonly types: readonly string[] } }
  readonly jobs: {
    readonly deploy: {
      readonly if: string
      readonly env: Readonly<Record<string, string>>
      readonly steps: readonly { readonly name?: string; readonly run?: string }[]
    }
  }
}

/** What stands in GitHub's place: keeps the calls that start a workflow. */
async function startGithub(): Promise<AsyncDisposable & { url: string; dispatches: Dispatch[] }> {
  const dispatches: Dispatch[] = []
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isCall = request.url === '/repos/acme/churn/dispatches' && request.headers.authorization === 'Bearer token'
    if (isCall) dispatches.push(JSON.parse(await text(request)) as Dispatch)
    response.writeHead(isCall ? 204 : 404).end()
  }
  const server = createServer((request, response) => void receive(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dispatches,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    await sleep(50)
  }
  throw new Error(`Nothing listens on port ${port}`)
}

/** `${{ github.event.client_payload.name }}` and the like, as GitHub fills them in. */
function filledIn(expression: string, { client_payload }: Dispatch): string {
  return expression.replaceAll(
    /\$\{\{ github\.event\.client_payload\.(\w+) \}\}/g,
    (_, key: string) => client_payload[key] ?? '',
  )
}

test('docs/guides/production-with-ci.md does what it says, block by block', { timeout: 300_000 }, async (context) => {
  const python = await pythonEnvironment('python')
  if ('unavailable' in python) return context.skip(python.unavailable)
  const { bin } = python
  await using server = await startServer()
  await using github = await startGithub()
  const folder = mkdtempSync(join(tmpdir(), 'trackway-guide-'))
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: [bin, join(import.meta.dirname, '../node_modules/.bin'), process.env['PATH']].join(delimiter),
    MLFLOW_TRACKING_URI: server.url,
    MLFLOW_TRACKING_PASSWORD: 'unused',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
    GIT_PYTHON_REFRESH: 'quiet',
    WEBHOOK_SECRET: randomBytes(16).toString('hex'),
    GITHUB_API_URL: github.url,
    GITHUB_REPOSITORY: 'acme/churn',
    GITHUB_TOKEN: 'token',
    NO_COLOR: '1',
  }
  const shell = async (command: string, more: NodeJS.ProcessEnv = {}): Promise<string> =>
    (await run('sh', ['-e', '-c', command], { cwd: folder, env: { ...env, ...more } })).stdout
  let relay: ReturnType<typeof spawn> | undefined

  /** The steps of the workflow, but those that prepare GitHub's machine, with what the call brought. */
  async function runWorkflow(dispatch: Dispatch): Promise<string> {
    const read = 'import json, sys, yaml; print(json.dumps(yaml.load(open(sys.argv[1]), yaml.BaseLoader)))'
    const file = '.github/workflows/deploy.yml'
    const parsed = await run(join(bin, 'python'), ['-c', read, file], { cwd: folder })
    const { on, jobs } = JSON.parse(parsed.stdout) as Workflow
    expect(on.repository_dispatch.types).toContain(dispatch.event_type)
    expect(jobs.deploy.if).toBe(`github.event.client_payload.to_stage == '${dispatch.client_payload['to_stage']}'`)
    const { MODEL = '', VERSION = '', MLFLOW_TRACKING_USERNAME = '' } = jobs.deploy.env
    const own = { MODEL: filledIn(MODEL, dispatch), VERSION: filledIn(VERSION, dispatch), MLFLOW_TRACKING_USERNAME }
    let printed = ''
    for (const { run: command } of jobs.deploy.steps) {
      if (command !== undefined && !command.startsWith('pip ')) printed += await shell(command, own)
    }
    return printed
  }

  try {
    let printed = ''
    const told: { readonly printed: string; readonly guide: string }[] = []
    const ran: string[] = []
    for (const { language, text: block, saveAs } of guideBlocks('production-with-ci.md')) {
      if (saveAs !== undefined) {
        mkdirSync(dirname(join(folder, saveAs)), { recursive: true })
        writeFileSync(join(folder, saveAs), block)
      } else if (language === 'text') {
        told.push({ printed, guide: block })
      } else if (language === 'sh' && !/^(npm|pip) /m.test(block)) {
        // The reader's own variables; the test has set its own.
        const commands = block.replaceAll(/^export .*\n/gm, '')
        if (commands.includes('python relay.py &')) {
          relay = spawn(join(bin, 'python'), ['relay.py'], { cwd: folder, env, stdio: 'inherit' })
          await untilListening(8600)
        }
        printed = await shell(commands.replace('python relay.py &\n', ''))
        ran.push(...commands.trim().split('\n'))
        if (commands.includes('models approve')) {
          await expect.poll(() => github.dispatches.length, { timeout: 20_000 }).toBe(1)
          const [dispatch] = github.dispatches
          if (!dispatch) throw new Error('no call came')
          expect(dispatch.client_payload).toMatchObject({ name: 'progression', version: '1', to_stage: 'Production' })
          expect(await runWorkflow(dispatch)).toMatch(
            /2 answers from models:\/progression\/1\n[^]*progression@champion is version 1\n$/,
          )
        }
      }
    }
    expect(ran.length).toBeGreaterThan(8)
    expect(told).toHaveLength(2)
    expect(told.map((one) => one.printed)).toEqual(told.map((one) => one.guide))
    expect(printed).toMatch(/bob +approved None → Production +go\n.*alice +asked for None → Production +r2 0\.51/)
    const deliveries = await shell('trackway webhooks deliveries deploy --output json')
    expect(JSON.parse(deliveries)).toMatchObject([{ state: 'DELIVERED', attempts: 1, response_status: 204 }])
  } finally {
    relay?.kill()
    rmSync(folder, { recursive: true, force: true })
  }
})
