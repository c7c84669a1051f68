import type { ClientBase } from 'pg'

import type { Database } from '../database.ts'
import type { Columns, Insertion, RowOf } from '../insertion.ts'
import { send } from './postgres-batch.ts'
import type { Statement, StatementResult } from './postgres-batch.ts'
import { postgresEngine } from './postgres-engine.ts'
import { advisoryLocks, lockStatement } from './postgres-locks.ts'
import type { Statements } from './postgres-statements.ts'

/** Sends a statement on some connection. */
export type Send = (statement: Statement) => Promise<StatementResult>

type Reading = Pick<Database, 'engine' | 'all' | 'first' | 'rows' | 'run' | 'insert' | 'dynamic'>

/** What a handle on the store does by single statements. */
export function createStatementCalls(statements: Statements, sendOne: Send): Reading {
  return {
    engine: postgresEngine,
    all: async (definition, parameters) => (await sendOne(statements.ofQuery(definition, parameters))).rows as never,
    first: async (definition, parameters) =>
      (await sendOne(statements.ofQuery(definition, parameters))).rows[0] as never,
    rows: async (definition, parameters) => rowsOf(await sendOne(asArrays(statements.ofQuery(definition, parameters)))),
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
  return { ...statement, asArrays: true }
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

/** A handle within a transaction, and what its work has done. */
export interface WorkHandle {
  readonly database: Database
  /** Whether anything was changed, or a statement failed: the transaction cannot be kept then without the work. */
  readonly isDirty: () => boolean
  /** What is still to be added, if the work is kept. */
  readonly kept: KeptRows
  /** Undoes what was remembered outside the store. */
  undo(): void
}

/** @param apart sends statements that stay though the transaction is undone. */
export function createWorkHandle(client: ClientBase, statements: Statements, apart: Reading): WorkHandle {
  const kept: KeptRows = new Map()
  let isDirty = false
  let undos: (() => void)[] = []

  const sendOne: Send = async (statement) => {
    if (statement.isWriting) isDirty = true
    try {
      return await send(client, statement)
    } catch (error) {
      isDirty = true
      throw error
    }
  }

  const calls = createStatementCalls(statements, sendOne)
  const database: Database = {
    ...calls,
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
    snapshot: (work) => work(database),
    transaction: (work) => work(database),
    onRollback: (undo) => void undos.push(undo),
  }
  return {
    database,
    isDirty: () => isDirty,
    kept,
    undo() {
      for (const undo of undos.toReversed()) undo()
      undos = []
      kept.clear()
    },
  }
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
