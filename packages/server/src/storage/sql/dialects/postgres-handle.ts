import type { ClientBase } from 'pg'

import type { Database } from '../database.ts'
import type { Columns, Insertion, RowOf } from '../insertion.ts'
import type { Condition } from '../known-rows.ts'
import { send } from './postgres-batch.ts'
import type { Statement, StatementResult } from './postgres-batch.ts'
import { postgresEngine } from './postgres-engine.ts'
import { scanned } from './postgres-rows.ts'
import type { RawRows } from './postgres-wire.ts'
import { advisoryLocks, lockStatement } from './postgres-locks.ts'
import type { Statements } from './postgres-statements.ts'

/** Sends a statement on some connection. */
export type Send = (statement: Statement) => Promise<StatementResult>

type Reading = Pick<Database, 'engine' | 'all' | 'first' | 'rows' | 'scan' | 'run' | 'insert' | 'dynamic'>

/** What a handle on the store does by single statements. */
export function createStatementCalls(statements: Statements, sendOne: Send): Reading {
  return {
    engine: postgresEngine,
    all: async (definition, parameters) => (await sendOne(statements.ofQuery(definition, parameters))).rows as never,
    first: async (definition, parameters) =>
      (await sendOne(statements.ofQuery(definition, parameters))).rows[0] as never,
    rows: async (definition, parameters) => rowsOf(await sendOne(asArrays(statements.ofQuery(definition, parameters)))),
    async scan(definition, parameters) {
      const { columns, rows } = await sendOne({ ...statements.ofQuery(definition, parameters), rowsAs: 'raw' })
      return scanned(columns, rows as RawRows[])
    },
    run: async (definition, parameters) => (await sendOne(statements.ofQuery(definition, parameters))).count,
    async insert(definition, rows) {
      if (rows.length === 0) return 0
      let added = 0
      // One after the other: they may travel on different connections.
      for (const statement of statements.ofInsertion(definition, rows)) added += (await sendOne(statement)).count
      return added
    },
    dynamic: async (statement) => rowsOf(await sendOne(asArrays(statements.ofSql(statement)))),
  }
}

function asArrays(statement: Statement): Statement {
  return { ...statement, rowsAs: 'arrays' }
}

function rowsOf({ rows }: StatementResult): unknown[][] {
  return rows as unknown[][]
}

/** Rows that are kept back until the end of a transaction, by what is done with them. */
export type KeptRows = Map<Insertion<Columns>, RowOf<Columns>[]>

export function keepRows(kept: KeptRows, definition: Insertion<Columns>, rows: readonly RowOf<Columns>[]): void {
  const present = kept.get(definition)
  if (present) present.push(...rows)
  else kept.set(definition, [...rows])
}

/** What must be true at the end of a transaction: the keys of rows by their condition. */
export type Demands = Map<Condition, Set<number>>

/** A handle within a transaction, and what its work has done. */
export interface WorkHandle {
  readonly database: Database
  /** Whether anything was changed, or a statement failed: the transaction cannot be kept then without the work. */
  readonly isDirty: () => boolean
  /** What is still to be added, if the work is kept. */
  readonly kept: KeptRows
  readonly demands: Demands
  /** Undoes what was remembered outside the store. */
  undo(): void
}

export interface WorkOptions {
  readonly client: ClientBase
  readonly statements: Statements
  /** Sends statements that stay though the transaction is undone. */
  readonly apart: Reading
  /** See `Database`. */
  readonly isHopeful: boolean
  /** What work before this one has kept back and this one must see, should it look. */
  readonly earlier: readonly KeptRows[]
}

export function createWorkHandle({ client, statements, apart, isHopeful, earlier }: WorkOptions): WorkHandle {
  const kept: KeptRows = new Map()
  const demands: Demands = new Map()
  let isDirty = false
  let undos: (() => void)[] = []

  const sendOne: Send = async (statement) => {
    const added = earlier.flatMap((rows) => addRows(client, statements, takeUnordered(rows)))
    if (statement.isWriting || added.length > 0) isDirty = true
    try {
      const [result] = await Promise.all([send(client, statement), ...added])
      return result
    } catch (error) {
      isDirty = true
      throw error
    }
  }

  const calls = createStatementCalls(statements, sendOne)
  const database: Database = {
    ...calls,
    isHopeful,
    insertApart: apart.insert,
    insertLast: async (definition, rows) => {
      if (rows.length > 0) keepRows(kept, definition, rows)
    },
    async flush() {
      isDirty = true
      const rows = new Map(kept)
      kept.clear()
      await Promise.all(addRows(client, statements, rows))
    },
    demand(condition, id) {
      const ids = demands.get(condition)
      if (ids) ids.add(id)
      else demands.set(condition, new Set([id]))
    },
    snapshot: (work) => work(database),
    transaction: (work) => work(database),
    onRollback: (undo) => void undos.push(undo),
  }
  return {
    database,
    isDirty: () => isDirty,
    kept,
    demands,
    undo() {
      for (const undo of undos.toReversed()) undo()
      undos = []
      kept.clear()
    },
  }
}

/** Takes away what may be added at any time. */
function takeUnordered(rows: KeptRows): KeptRows {
  const taken: KeptRows = new Map([...rows].filter(([{ isOrdered }]) => !isOrdered))
  for (const definition of taken.keys()) rows.delete(definition)
  return taken
}

/** Sends what makes the transaction fail unless all that is demanded is true, and stays so until it ends. */
export function checkDemands(client: ClientBase, statements: Statements, all: readonly Demands[]): Promise<unknown>[] {
  const merged: Demands = new Map()
  for (const [condition, ids] of all.flatMap((demands) => [...demands])) {
    merged.set(condition, new Set([...(merged.get(condition) ?? []), ...ids]))
  }
  return [...merged].map(([condition, ids]) => send(client, statements.ofCondition(condition, [...ids])))
}

/**
 * Sends the statements that add rows. Those whose keys must grow in the order of the commits come last, under a lock that
 * ends with the transaction: what is held while others wait is short.
 */
export function addRows(client: ClientBase, statements: Statements, rows: KeptRows): Promise<StatementResult>[] {
  const byOrder = Map.groupBy(rows, ([{ isOrdered }]) => isOrdered)
  const sendAll = (entries: readonly [Insertion<Columns>, RowOf<Columns>[]][] = []): Promise<StatementResult>[] =>
    entries.flatMap(([definition, added]) =>
      statements.ofInsertion(definition, added).map((statement) => send(client, statement)),
    )
  const ordered = byOrder.get(true)
  return [
    ...sendAll(byOrder.get(false)),
    ...(ordered ? [send(client, lockStatement(advisoryLocks.orderedRows)), ...sendAll(ordered)] : []),
  ]
}
