export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Where this server answers otherwise than MLflow on purpose, and how. */
export interface Difference {
  /** A sentence for docs/reference/differences.md. */
  readonly reason: string
  readonly status?: number
  /** The error code instead of MLflow's reply. */
  readonly errorCode?: string
  /** The content type of a reply that is not JSON. */
  readonly type?: string
  /** Values at paths of the normalised body, such as `run.info.start_time`; null where the field is absent here. */
  readonly at?: Readonly<Record<string, Json>>
  /** The whole normalised body, where most of it differs. */
  readonly body?: Json
}

/** One request of a scenario. Strings may name what an earlier step captured, as `${run}`. */
export interface Step {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the server's root; sent as it stands, so that `..` and odd encodings reach the server. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  /** Sent as JSON. */
  readonly body?: Json
  /** Sent as it stands, without a content type of its own. */
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Names for values of the reply, by path: `{ run: 'run.info.run_id' }`. */
  readonly capture?: Readonly<Record<string, string>>
  /** Milliseconds to wait before the request, where an order by time would be a tie otherwise. */
  readonly pauseMs?: number
  /** What the error message of both servers contains. */
  readonly says?: string
  /** The one value of each item that is compared, as `runs[].info.run_name`, where the rest is another step's concern. */
  readonly only?: string
  /** Paths of the body that depend on the machine. */
  readonly ignore?: readonly string[]
  /** Paths of lists of the body that have no promised order in this reply, but may have one in others. */
  readonly anyOrder?: readonly string[]
  readonly differs?: Difference
  /** Values at paths of MLflow's reply when its artifacts are in a bucket; the recordings are of one with a folder. */
  readonly ofBucket?: Readonly<Record<string, Json>>
}

/** Requests that build on each other. They find and change only what they made themselves. */
export interface Scenario {
  readonly name: string
  readonly steps: readonly Step[]
}

/** The scenarios about one noun; `noun` names the file of their recording. */
export interface Group {
  readonly noun: string
  readonly scenarios: readonly Scenario[]
}

type More = Omit<Step, 'method' | 'path' | 'query' | 'body'>
type Query = NonNullable<Step['query']>

const rooted = (path: string): string => (path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`)

/** The steps of each method. A path that does not begin with `/` counts from `/api/2.0/mlflow/`. */
export const get = (path: string, query: Query = {}, more: More = {}): Step => ({
  method: 'GET',
  path: rooted(path),
  query,
  ...more,
})

export const post = (path: string, body: Json, more: More = {}): Step => ({
  method: 'POST',
  path: rooted(path),
  body,
  ...more,
})

export const patch = (path: string, body: Json, more: More = {}): Step => ({
  method: 'PATCH',
  path: rooted(path),
  body,
  ...more,
})

export const send = (method: Step['method'], path: string, more: Omit<Step, 'method' | 'path'> = {}): Step => ({
  method,
  path: rooted(path),
  ...more,
})

/** What both servers say of a required field that is missing or empty. */
export const missing = (field: string): More => ({ says: `Missing value for required parameter '${field}'` })

/** A request that MLflow answers otherwise, but here is refused as an invalid parameter. */
export const refused = (reason: string): More => ({
  differs: { reason, status: 400, errorCode: 'INVALID_PARAMETER_VALUE' },
})

/** A request that MLflow answers otherwise, but here tells what is not there. */
export const notThere = (reason: string): More => ({
  differs: { reason, status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' },
})

/** A request that MLflow refuses, but here has a sound answer. */
export const answered = (reason: string, body: Json): More => ({ differs: { reason, status: 200, body } })

/** A new experiment of the scenario's own, captured as `${experiment}`. */
export const newExperiment = (suffix = '', more: Record<string, Json> = {}): Step =>
  post(
    'experiments/create',
    { name: `wire-\${unique}${suffix}`, ...more },
    { capture: { [`experiment${suffix}`]: 'experiment_id' } },
  )

/** A new run of `${experiment}` with a fixed start time, captured under its name. */
export const newRun = (name = 'run', more: Record<string, Json> = {}): Step =>
  post(
    'runs/create',
    { experiment_id: '${experiment}', run_name: name, start_time: 1_000, ...more },
    { capture: { [name]: 'run.info.run_id' } },
  )

/** The name of the scenario's own registered model. */
export const modelName = (suffix = ''): string => `wire-\${unique}${suffix}`

/** A new registered model of the scenario's own. */
export const newModel = (suffix = '', fields: Record<string, Json> = {}, more: More = {}): Step =>
  post('registered-models/create', { name: modelName(suffix), ...fields }, more)

/** The next version of such a model. */
export const newVersion = (suffix = '', fields: Record<string, Json> = {}, more: More = {}): Step =>
  post('model-versions/create', { name: modelName(suffix), source: 's3://bucket/model', ...fields }, more)
