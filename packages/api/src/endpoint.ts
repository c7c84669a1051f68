import type { Schema, Static } from './schema.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What a caller needs to use an endpoint: a permission on the resource that a request field names. */
export interface Access {
  readonly resource:
    | 'public'
    | 'server'
    | 'experiment'
    | 'run'
    | 'logged_model'
    | 'artifact'
    /** The run, logged model or model version that the request names. */
    | 'artifact_owner'
    | 'registered_model'
    | 'comment'
    | 'webhook'
    | 'event'
    | 'view'
  readonly permission: 'none' | 'read' | 'edit' | 'manage' | 'create' | 'search'
  /** The request field that names the resource; absent where the resource is the server itself or a search. */
  readonly field?: string
}

/** One entry of the contract. `Req` and `Res` are the request's and the reply's static types. */
export interface Endpoint<Req = unknown, Res = unknown> {
  readonly method: Method
  /** A second method for the same call: of older clients, or GET for links where a request may be too long for one. */
  readonly alsoMethod?: Method
  /** Path below the bases that `at` names. `{name}` is a path parameter, `{name*}` one that may contain slashes. */
  readonly path: string
  /**
   * Where the path begins: below each of MLflow's API prefixes when absent, at the server's root, or below
   * `/api/trackway/v1` for what MLflow has no endpoint for.
   */
  readonly at?: 'root' | 'trackway'
  /**
   * 'read' runs on any reader, 'write' on the writer, and both move JSON; 'stream' moves bytes and is served where
   * the connection is.
   */
  readonly mode: 'read' | 'write' | 'stream'
  /** The body that is a file's bytes instead of JSON; the request's fields then travel in path and query. */
  readonly file?: 'request' | 'response'
  /**
   * 'light' reads a handful of rows whatever the store holds, so that the thread of the connection may answer it. 'heavy'
   * reckons with all that it reads, which may keep a thread busy for seconds.
   */
  readonly cost?: 'light' | 'heavy'
  readonly access: Access
  readonly summary: string
  readonly request: Schema<Req>
  readonly response: Schema<Res>
}

/** Keeps an entry's static types while the table stays plain data. */
export function endpoint<const M extends Endpoint['mode'], ReqS extends Schema, ResS extends Schema>(
  entry: Omit<Endpoint, 'request' | 'response' | 'mode'> & { mode: M; request: ReqS; response: ResS },
): Endpoint<Static<ReqS>, Static<ResS>> & { readonly mode: M } {
  return entry as unknown as Endpoint<Static<ReqS>, Static<ResS>> & { readonly mode: M }
}

export type RequestOf<E> = E extends Endpoint<infer Req, unknown> ? Req : never
export type ResponseOf<E> = E extends Endpoint<never, infer Res> | Endpoint<infer _, infer Res> ? Res : never
