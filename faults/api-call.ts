/** What the server answered. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** Sends JSON to an endpoint, as in `call(url, 'runs/create', {…})`. Rejects where no whole answer comes. */
export async function call(url: string, endpoint: string, body: unknown): Promise<Answer> {
  const reply = await fetch(`${url}/api/2.0/mlflow/${endpoint}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: reply.status, headers: reply.headers, body: (await reply.json()) as Record<string, unknown> }
}

/** Asks an endpoint that reads by its query. */
export async function get(url: string, endpoint: string, query: Record<string, string> = {}): Promise<Answer> {
  const reply = await fetch(`${url}/api/2.0/mlflow/${endpoint}?${new URLSearchParams(query)}`)
  return { status: reply.status, headers: reply.headers, body: (await reply.json()) as Record<string, unknown> }
}

export async function createRun(url: string): Promise<string> {
  const { status, body } = await call(url, 'runs/create', { experiment_id: '0', start_time: 1 })
  if (status !== 200) throw new Error(`runs/create answered ${status}: ${JSON.stringify(body)}`)
  return (body as { run: { info: { run_id: string } } }).run.info.run_id
}

export interface RunData {
  readonly metrics?: readonly { key: string; value: number }[]
  readonly params?: readonly { key: string; value: string }[]
  readonly tags?: readonly { key: string; value: string }[]
}

export async function runData(url: string, runId: string): Promise<RunData> {
  const { status, body } = await get(url, 'runs/get', { run_id: runId })
  if (status !== 200) throw new Error(`runs/get answered ${status}: ${JSON.stringify(body)}`)
  return (body as { run: { data: RunData } }).run.data
}
