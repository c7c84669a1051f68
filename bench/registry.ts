import { parseArgs } from 'node:util'

import { HttpConnection } from './http-connection.ts'

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

type Reply = Readonly<Record<string, unknown>>

async function call(connection: HttpConnection, method: string, path: string, body?: object): Promise<Reply> {
  const reply = await connection.send(method, `/api/2.0/mlflow/${path}`, body && JSON.stringify(body))
  if (reply.status !== 200) throw new Error(`${method} ${path} answered ${reply.status}: ${reply.body}`)
  return JSON.parse(reply.body) as Reply
}

/** Does `work` on as many connections as it is told, all at once. */
async function onConnections(
  { url }: Target,
  count: number,
  work: (connection: HttpConnection, index: number) => Promise<void>,
): Promise<void> {
  const connections = Array.from({ length: count }, () => new HttpConnection(url))
  try {
    await Promise.all(connections.map(work))
  } finally {
    for (const connection of connections) connection.close()
  }
}

const nameOf = (model: number): string => `model-${String(model).padStart(4, '0')}`

async function isFilled(target: Target): Promise<boolean> {
  const last = `model-versions/get?name=${nameOf(models - 1)}&version=${versions}`
  return onConnections(target, 1, async (connection) => void (await call(connection, 'GET', last))).then(
    () => true,
    () => false,
  )
}

/** Of each model, version 20 is in Production, 19 in Staging, 18 Archived. */
async function fill(target: Target): Promise<void> {
  if (await isFilled(target)) return
  const begun = Date.now()
  let next = 0
  async function client(connection: HttpConnection): Promise<void> {
    for (let model = next++; model < models; model = next++) {
      const name = nameOf(model)
      const tags = [{ key: 'team', value: `team-${model % teams}` }]
      await call(connection, 'POST', 'registered-models/create', { name, tags, description: `Model ${model}` })
      for (let version = 1; version <= versions; version++) {
        const source = `s3://bench/${name}/${version}`
        const own = [{ key: 'candidate', value: String(version % 5) }]
        await call(connection, 'POST', 'model-versions/create', { name, source, tags: own })
      }
      for (const [version, stage] of [
        [20, 'Production'],
        [19, 'Staging'],
        [18, 'Archived'],
      ] as const) {
        const move = { name, version: String(version), stage, archive_existing_versions: false }
        await call(connection, 'POST', 'model-versions/transition-stage', move)
      }
      if (model % 100 === 99) process.stderr.write(`${target.name}: ${model + 1} models\n`)
    }
  }
  await onConnections(target, 4, client)
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
    path: (n) => search(`tags.team = 'team-${n % teams}' AND name LIKE 'model-%'`),
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
  const refused = await onConnections(target, 1, async (connection) => {
    await call(connection, method, path(0), body?.(0))
  }).then(
    () => false,
    () => true,
  )
  if (refused) return undefined

  let count = 0
  const begun = performance.now()
  const end = begun + seconds * 1000
  await onConnections(target, concurrency, async (connection, first) => {
    for (let n = first; performance.now() < end; n += concurrency) {
      const reply = await call(connection, method, path(n), body?.(n))
      if (!check(reply, n)) throw new Error(`${target.name} gives a wrong answer to ${title}`)
      count++
    }
  })
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
