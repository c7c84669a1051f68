import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { parseArgs } from 'node:util'

/**
 * The registry with 1,000 models of 20 versions each: answers a second of each server for searches by name, tag and
 * stage and for get-latest-versions. Every answer is checked.
 *
 *     node bench/registry.ts --target mlflow=http://127.0.0.1:5001 --target trackway=http://127.0.0.1:5002
 *
 * The first target is the base of the ratios. A server that has been filled before is not filled again.
 */

const models = 1000
const versions = 20
const teams = 20

interface Target {
  readonly name: string
  readonly url: string
}

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '1' },
  },
})
const targets: readonly Target[] = (values.target ?? []).map((text) => {
  const [name = '', url = ''] = text.split(/=(.*)/s)
  return { name, url }
})
if (targets.length === 0) throw new Error('Name the servers: --target NAME=URL, once for each.')
const seconds = Number(values.seconds)
const concurrency = Number(values.concurrency)
const agent = new Agent({ keepAlive: true, maxSockets: 32 })

type Reply = Readonly<Record<string, unknown>>

async function call({ url }: Target, method: string, path: string, body?: object): Promise<Reply> {
  const sent = request(`${url}/api/2.0/mlflow/${path}`, {
    method,
    agent,
    headers: body ? { 'content-type': 'application/json' } : {},
  })
  const answered = once(sent, 'response')
  sent.end(body && JSON.stringify(body))
  const [response] = await answered
  let text = ''
  for await (const chunk of response) text += String(chunk)
  if (response.statusCode !== 200) throw new Error(`${method} ${path} answered ${response.statusCode}: ${text}`)
  return JSON.parse(text) as Reply
}

const nameOf = (model: number): string => `model-${String(model).padStart(4, '0')}`

async function isFilled(target: Target): Promise<boolean> {
  try {
    await call(target, 'GET', `model-versions/get?name=${nameOf(models - 1)}&version=${versions}`)
    return true
  } catch {
    return false
  }
}

/** Of each model, version 20 is in Production, 19 in Staging, 18 Archived. */
async function fill(target: Target): Promise<void> {
  if (await isFilled(target)) return
  const begun = Date.now()
  let next = 0
  async function client(): Promise<void> {
    for (let model = next++; model < models; model = next++) {
      const name = nameOf(model)
      const tags = [{ key: 'team', value: `team-${model % teams}` }]
      await call(target, 'POST', 'registered-models/create', { name, tags, description: `Model ${model}` })
      for (let version = 1; version <= versions; version++) {
        const source = `s3://bench/${name}/${version}`
        const own = [{ key: 'candidate', value: String(version % 5) }]
        await call(target, 'POST', 'model-versions/create', { name, source, tags: own })
      }
      for (const [version, stage] of [
        [20, 'Production'],
        [19, 'Staging'],
        [18, 'Archived'],
      ] as const) {
        const move = { name, version: String(version), stage, archive_existing_versions: false }
        await call(target, 'POST', 'model-versions/transition-stage', move)
      }
      if (model % 100 === 99) process.stderr.write(`${target.name}: ${model + 1} models\n`)
    }
  }
  await Promise.all(Array.from({ length: 4 }, client))
  process.stderr.write(`${target.name}: filled in ${Math.round((Date.now() - begun) / 1000)} s\n`)
}

interface Workload {
  readonly title: string
  readonly method: 'GET' | 'POST'
  /** Another model each time, so that no cache of replies helps. */
  readonly path: (n: number) => string
  readonly body?: (n: number) => object
  readonly check: (reply: Reply, n: number) => boolean
}

const query = (fields: Record<string, string>): string => new URLSearchParams(fields).toString()
const search = (filter: string, more: Record<string, string> = {}): string =>
  `registered-models/search?${query({ filter, max_results: '100', ...more })}`
const searchVersions = (filter: string, more: Record<string, string> = {}): string =>
  `model-versions/search?${query({ filter, max_results: '100', ...more })}`
const listOf = (reply: Reply, field: string): readonly Record<string, unknown>[] =>
  (reply[field] ?? []) as Record<string, unknown>[]
const modelAt = (n: number): string => nameOf((n * 7919) % models)

const workloads: readonly Workload[] = [
  {
    title: "models: name = '…'",
    method: 'GET',
    path: (n) => search(`name = '${modelAt(n)}'`),
    check: (reply, n) => {
      const [model, ...others] = listOf(reply, 'registered_models')
      return model?.['name'] === modelAt(n) && others.length === 0 && listOf(model, 'latest_versions').length === 4
    },
  },
  {
    title: "models: name LIKE 'model-0%', a page of 100",
    method: 'GET',
    path: (n) => search(`name LIKE 'model-0${n % 10}%'`),
    check: (reply) => listOf(reply, 'registered_models').length === 100,
  },
  {
    title: 'models: first page of 100 by name',
    method: 'GET',
    path: () => search("name LIKE 'model-%'"),
    check: (reply) => listOf(reply, 'registered_models')[99]?.['name'] === nameOf(99),
  },
  {
    title: "models: tags.team = '…', 50 found",
    method: 'GET',
    path: (n) => search(`tags.team = 'team-${n % teams}'`),
    check: (reply) => listOf(reply, 'registered_models').length === models / teams,
  },
  {
    title: "versions: name = '…', 20 found, newest first",
    method: 'GET',
    path: (n) => searchVersions(`name = '${modelAt(n)}'`, { order_by: 'version_number DESC' }),
    check: (reply) => {
      const found = listOf(reply, 'model_versions')
      return found.length === versions && String(found[0]?.['version']) === '20'
    },
  },
  {
    title: "versions: tags.candidate = '…', a page of 100 of 4,000",
    method: 'GET',
    path: (n) => searchVersions(`tags.candidate = '${n % 5}'`),
    check: (reply) => listOf(reply, 'model_versions').length === 100,
  },
  {
    title: 'get-latest-versions: all stages',
    method: 'POST',
    path: () => 'registered-models/get-latest-versions',
    body: (n) => ({ name: modelAt(n) }),
    check: (reply) => listOf(reply, 'model_versions').length === 4,
  },
  {
    title: 'get-latest-versions: Production',
    method: 'POST',
    path: () => 'registered-models/get-latest-versions',
    body: (n) => ({ name: modelAt(n), stages: ['Production'] }),
    check: (reply) => String(listOf(reply, 'model_versions')[0]?.['version']) === '20',
  },
  {
    title: "versions: current_stage = 'Production', a page of 100 of 1,000 (MLflow has no such search)",
    method: 'GET',
    path: () => searchVersions("current_stage = 'Production'"),
    check: (reply) => {
      const found = listOf(reply, 'model_versions')
      return found.length === 100 && found.every((version) => version['current_stage'] === 'Production')
    },
  },
]

/** Answers a second, or undefined where the server refuses. */
async function measure(target: Target, { title, method, path, body, check }: Workload): Promise<number | undefined> {
  let count = 0
  const begun = performance.now()
  const end = begun + seconds * 1000
  async function client(first: number): Promise<void> {
    for (let n = first; performance.now() < end; n += concurrency) {
      const reply = await call(target, method, path(n), body?.(n))
      if (!check(reply, n)) throw new Error(`${target.name} gives a wrong answer to ${title}`)
      count++
    }
  }
  try {
    await call(target, method, path(0), body?.(0))
  } catch {
    return undefined
  }
  await Promise.all(Array.from({ length: concurrency }, (_, i) => client(i)))
  return (count * 1000) / (performance.now() - begun)
}

const median = (numbers: readonly number[]): number | undefined =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]
const shown = (rate: number | undefined): string => (rate === undefined ? '–' : rate.toFixed(rate < 10 ? 1 : 0))

for (const target of targets) await fill(target)
process.stdout.write(
  `| answers a second, concurrency ${concurrency} | ${targets.map(({ name }) => name).join(' | ')} | ratio |\n`,
)
process.stdout.write(`| --- |${' ---: |'.repeat(targets.length + 1)}\n`)
for (const workload of workloads) {
  const rates = targets.map((): number[] => [])
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [index, target] of targets.entries()) {
      const rate = await measure(target, workload)
      if (rate !== undefined) rates[index]?.push(rate)
    }
  }
  const medians = rates.map(median)
  const [base] = medians
  const last = medians.at(-1)
  const ratio = targets.length > 1 && base !== undefined && last !== undefined ? `${(last / base).toFixed(1)}×` : '–'
  process.stdout.write(`| ${workload.title} | ${medians.map(shown).join(' | ')} | ${ratio} |\n`)
}
agent.destroy()
