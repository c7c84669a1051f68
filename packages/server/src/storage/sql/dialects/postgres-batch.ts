import type { ClientBase, Connection, Submittable } from 'pg'

import { codeOf, isAway } from './postgres-errors.ts'
import { readBytes, readerOf } from './postgres-values.ts'
import type { ReadValue } from './postgres-values.ts'
import type { RawRow } from './postgres-wire.ts'

/** A statement as it is sent. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  /** Prepared once on each connection; undefined for one that is not used again. */
  readonly name?: string
  readonly isWriting: boolean
  /** Rows as arrays instead of objects. */
  readonly asArrays?: boolean
  /** Columns that are given as bytes. */
  readonly bytes?: readonly string[]
  /** What the first answer told of its columns, for all that bear its name. */
  readonly shape: { columns?: readonly Column[] }
}

interface Column {
  readonly name: string
  readonly read: ReadValue
}

export interface StatementResult {
  readonly rows: unknown[]
  /** Rows that were read or changed. */
  readonly count: number
  /** The first word of what PostgreSQL says it did, such as COMMIT. */
  readonly command: string
}

interface Entry {
  readonly statement: Statement
  readonly rows: unknown[]
  readonly resolve: (result: StatementResult) => void
  readonly reject: (error: unknown) => void
}

/** What the driver gives to work with beneath its own queries, as its cursor does. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void }
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string; values: readonly unknown[]; valueMapper: (value: unknown) => unknown }): void
  describe(message: { type: 'P'; name: string }): void
  execute(message: { portal: string; rows: number }): void
  sync(): void
  on(event: 'parseComplete', listener: () => void): void
  off(event: 'parseComplete', listener: () => void): void
}

interface Field {
  readonly name: string
  readonly dataTypeID: number
}

/**
 * Prepared statements keep the plan that was made without their values: they find rows by their keys, and making a plan
 * costs as much as carrying it out. What is sent without a name is planned with its values, in its transaction.
 */
export const keepPlans = 'set plan_cache_mode = force_generic_plan'
const planAnew: Statement = {
  name: 'plan_anew',
  text: "select set_config('plan_cache_mode', 'force_custom_plan', true)",
  values: [],
  isWriting: false,
  shape: {},
}
const nobody = (): void => {}

/** Statements that are to be sent in this turn of the event loop. */
const gathering = new WeakMap<ClientBase, Entry[]>()
/** The statements that each connection has prepared. */
const prepared = new WeakMap<Wire, Set<string>>()

/**
 * Sends a statement. Those of one turn of the event loop travel together and are answered together, whoever sends them:
 * a write to a socket, and PostgreSQL's answer to it, costs more than most statements.
 * Where one fails, those that were sent behind it with it fail as in a transaction that was aborted.
 */
export function send(client: ClientBase, statement: Statement): Promise<StatementResult> {
  return new Promise((resolve, reject) => {
    const entry: Entry = { statement, rows: [], resolve, reject }
    const ahead: Entry = { statement: planAnew, rows: [], resolve: nobody, reject: nobody }
    const added = statement.name === undefined ? [ahead, entry] : [entry]
    const others = gathering.get(client)
    if (others) {
      others.push(...added)
      return
    }
    const entries = added
    gathering.set(client, entries)
    // Behind all promises that are settled now, and the statements that their holders send.
    process.nextTick(() => {
      gathering.delete(client)
      client.query(new Batch(entries) as Submittable)
    })
  })
}

/** Statements with one Sync behind them all. The driver calls its methods as answers come in. */
class Batch {
  /** Set by the driver, which ends its watch over the time with it. */
  callback: ((error?: unknown) => void) | undefined
  private readonly entries: readonly Entry[]
  private current = 0
  private columns: readonly Column[] = []
  private endParsing = (): void => {}

  constructor(entries: readonly Entry[]) {
    this.entries = entries
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire
    const known = namesOn(wire)
    const parsing: (string | undefined)[] = []
    const parsed = (): void => {
      const name = parsing.shift()
      if (name !== undefined) known.add(name)
    }
    const sent = new Set<string>()
    wire.on('parseComplete', parsed)
    this.endParsing = () => wire.off('parseComplete', parsed)
    wire.stream.cork()
    for (const { statement } of this.entries) {
      const { name, text, values } = statement
      if (name === undefined || !(known.has(name) || sent.has(name))) {
        wire.parse({ name: name ?? '', text })
        parsing.push(name)
        if (name !== undefined) sent.add(name)
      }
      wire.bind({ statement: name ?? '', values, valueMapper: toText })
      if (!statement.shape.columns) wire.describe({ type: 'P', name: '' })
      wire.execute({ portal: '', rows: 0 })
    }
    wire.sync()
    wire.stream.uncork()
    this.columns = this.entries[0]?.statement.shape.columns ?? []
  }

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    const bytes = this.entries[this.current]?.statement.bytes
    this.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: bytes?.includes(name) === true ? readBytes : readerOf(dataTypeID),
    }))
  }

  handleDataRow({ buffer, start }: RawRow): void {
    const { statement, rows } = this.entries[this.current] as Entry
    const { columns } = this
    const values: unknown[] = []
    let offset = start + 2
    for (const { read } of columns) {
      const length = buffer.readInt32BE(offset)
      offset += 4
      if (length < 0) values.push(null)
      else {
        values.push(read(buffer, offset, offset + length))
        offset += length
      }
    }
    rows.push(statement.asArrays === true ? values : toObject(columns, values))
  }

  handleCommandComplete({ text }: { text: string }): void {
    const { statement, rows, resolve } = this.entries[this.current] as Entry
    statement.shape.columns ??= this.columns
    const words = text.split(' ')
    resolve({ rows, command: words[0] as string, count: Number(words.at(-1)) || 0 })
    this.current++
    this.columns = this.entries[this.current]?.statement.shape.columns ?? []
  }

  handleReadyForQuery(): void {
    this.endParsing()
    this.callback?.()
  }

  handleError(error: unknown): void {
    this.endParsing()
    const [failed, ...behind] = this.entries.slice(this.current)
    failed?.reject(error)
    for (const { reject } of behind) reject(new FollowUp(error))
    this.current = this.entries.length
    this.callback?.(error)
  }

  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}

/** A statement was not carried out, as one before it had failed: the code that PostgreSQL has for that. */
class FollowUp extends Error {
  readonly code: string

  constructor(cause: unknown) {
    super('An earlier statement failed', { cause })
    const code = codeOf(cause)
    // Where the connection went away, it went away for all.
    this.code = /^[0-9A-Z]{5}$/.test(code) && !isAway(cause) ? '25P02' : code || '08006'
  }
}

function toObject(columns: readonly Column[], values: readonly unknown[]): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (let i = 0; i < columns.length; i++) row[(columns[i] as Column).name] = values[i]
  return row
}

function namesOn(wire: Wire): Set<string> {
  let names = prepared.get(wire)
  if (!names) prepared.set(wire, (names = new Set()))
  return names
}

/** All values travel as text; statements have made theirs fit for that. */
function toText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value as string | number | boolean)
}
