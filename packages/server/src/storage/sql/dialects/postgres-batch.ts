import type { ClientBase, Connection, Submittable } from 'pg'
import { serialize } from 'pg-protocol'

import { codeOf, isAway } from './postgres-errors.ts'
import { toArrays, toObject } from './postgres-rows.ts'
import type { Column } from './postgres-rows.ts'
import { copierOf, readerOf } from './postgres-values.ts'
import type { RawRows } from './postgres-wire.ts'

/** A statement as it is sent. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  /** Prepared once on each connection; undefined for one that is not used again. */
  readonly name?: string
  readonly isWriting: boolean
  /** Rows as arrays, or as they came, instead of objects. */
  readonly rowsAs?: 'arrays' | 'raw'
  /** Columns that are only copied. */
  readonly copied?: readonly string[]
  /** Whether it may travel with what others ask. */
  readonly isBrief?: boolean
  /** What the first answer told of its columns, for all that bear its name. */
  readonly shape: { columns?: readonly Column[] }
}

export interface StatementResult {
  readonly rows: unknown[]
  readonly columns: readonly Column[]
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
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): void }
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
 * To start processes for a statement, or to compile it, costs more than all but the largest take, and others wait.
 * What searches read is in memory or on an SSD: by the default of 4, made for disks that turn, a page of 100 runs would be
 * found by sorting all.
 */
export const sessionSettings = [
  'set plan_cache_mode = force_generic_plan',
  'set max_parallel_workers_per_gather = 0',
  'set jit = off',
  'set random_page_cost = 1.1',
].join(';')
const planAnew: Statement = {
  name: 'plan_anew',
  text: "select set_config('plan_cache_mode', 'force_custom_plan', true)",
  values: [],
  isWriting: false,
  shape: {},
}
const nobody = (): void => {}

/** What is to be sent on a connection next, and whether something is under way on it. */
interface Traffic {
  waiting: Entry[]
  isBusy: boolean
}

const traffics = new WeakMap<ClientBase, Traffic>()
/** The statements that each connection has prepared. */
const prepared = new WeakMap<Wire, Set<string>>()

/**
 * Sends a statement. Those of one turn of the event loop travel together and are answered together, whoever sends them,
 * and so do those that come while others are under way: a write to a socket, and PostgreSQL's answer to it, costs more
 * than most statements.
 * Where one fails, those that were sent behind it with it fail as in a transaction that was aborted.
 */
export function send(client: ClientBase, statement: Statement): Promise<StatementResult> {
  let traffic = traffics.get(client)
  if (!traffic) traffics.set(client, (traffic = { waiting: [], isBusy: false }))
  const { waiting, isBusy } = traffic
  // Behind all promises that are settled now, and the statements that their holders send.
  if (waiting.length === 0 && !isBusy) process.nextTick(sendWaiting, client, traffic)
  return new Promise((resolve, reject) => {
    if (statement.name === undefined) waiting.push({ statement: planAnew, rows: [], resolve: nobody, reject: nobody })
    waiting.push({ statement, rows: [], resolve, reject })
  })
}

function sendWaiting(client: ClientBase, traffic: Traffic): void {
  const entries = traffic.waiting
  traffic.waiting = []
  traffic.isBusy = entries.length > 0
  if (entries.length === 0) return
  client.query(new Batch(entries, () => process.nextTick(sendWaiting, client, traffic)) as Submittable)
}

/** Statements with one Sync behind them all. The driver calls its methods as answers come in. */
class Batch {
  /** Set by the driver, which ends its watch over the time with it. */
  callback: ((error?: unknown) => void) | undefined
  private readonly entries: readonly Entry[]
  private current = 0
  private columns: readonly Column[] = []
  /** What stands before one Sync is a transaction by itself: it need not be begun and committed. */
  private readonly isWhole: boolean
  private endParsing = (): void => {}
  private readonly onEnd: () => void

  /** @param onEnd is called once, when all statements are answered or have failed. */
  constructor(entries: readonly Entry[], onEnd: () => void) {
    this.entries = entries
    this.onEnd = onEnd
    this.isWhole = entries[0]?.statement.text === 'begin' && entries.at(-1)?.statement.text === 'commit'
    if (this.isWhole) this.answer({ rows: [], columns: [], command: 'BEGIN', count: 0 })
  }

  /** Gives the current statement its result, and goes on to the next. */
  private answer(result: StatementResult): void {
    this.entries[this.current]?.resolve(result)
    this.current++
    this.columns = this.entries[this.current]?.statement.shape.columns ?? []
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
    const messages: Buffer[] = []
    for (const { statement } of this.isWhole ? this.entries.slice(1, -1) : this.entries) {
      const { name, text, values } = statement
      if (name === undefined || !(known.has(name) || sent.has(name))) {
        messages.push(serialize.parse({ name: name ?? '', text }))
        parsing.push(name)
        if (name !== undefined) sent.add(name)
      }
      messages.push(serialize.bind({ statement: name ?? '', values: values.map(toText) }))
      if (!statement.shape.columns) messages.push(serialize.describe({ type: 'P', name: '' }))
      messages.push(serialize.execute())
    }
    messages.push(serialize.sync())
    // One write: for small pieces a socket takes several times as long.
    if (wire.stream.writable) wire.stream.write(Buffer.concat(messages))
    this.columns = this.entries[this.current]?.statement.shape.columns ?? []
  }

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    const copied = this.entries[this.current]?.statement.copied
    this.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: copied?.includes(name) === true ? copierOf(dataTypeID) : readerOf(dataTypeID),
    }))
  }

  handleDataRow(raw: RawRows): void {
    const { statement, rows } = this.entries[this.current] as Entry
    if (statement.rowsAs === 'raw') rows.push(raw)
    else if (statement.rowsAs === 'arrays') for (const row of toArrays(this.columns, raw)) rows.push([...row])
    else for (const row of toArrays(this.columns, raw)) rows.push(toObject(this.columns, row))
  }

  handleCommandComplete({ text }: { text: string }): void {
    const { statement, rows } = this.entries[this.current] as Entry
    statement.shape.columns ??= this.columns
    const words = text.split(' ')
    this.answer({ rows, columns: this.columns, command: words[0] as string, count: Number(words.at(-1)) || 0 })
  }

  handleReadyForQuery(): void {
    if (this.isWhole) this.answer({ rows: [], columns: [], command: 'COMMIT', count: 0 })
    this.endParsing()
    this.callback?.()
    this.onEnd()
  }

  handleError(error: unknown): void {
    this.endParsing()
    const [failed, ...behind] = this.entries.slice(this.current)
    failed?.reject(error)
    for (const { reject } of behind) reject(new FollowUp(error))
    this.current = this.entries.length
    this.callback?.(error)
    this.onEnd()
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

function namesOn(wire: Wire): Set<string> {
  let names = prepared.get(wire)
  if (!names) prepared.set(wire, (names = new Set()))
  return names
}

/** All values travel as text; statements have made theirs fit for that. */
function toText(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value as string | number | boolean)
}
