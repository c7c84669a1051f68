import { Sql } from 'sql-template-tag'

import type { Database } from './database.ts'
import { query } from './query.ts'
import type { Query } from './query.ts'

/** Statements that were built for a request, are of few forms, and have one best plan for each, whatever their values. */
export interface StatementForms {
  /** Rows as arrays. To PostgreSQL a statement is known from its second time on, which is as good as half its work. */
  rows(database: Database, statement: Sql): Promise<readonly unknown[][]>
}

/**
 * @param int64 as of a query.
 * @param mostForms are kept, the first that come: each connection holds all that were sent on it.
 */
export function createStatementForms(int64: readonly string[], mostForms = 100): StatementForms {
  const forms = new Map<string, Query<readonly unknown[], unknown>>()
  return {
    rows(database, statement) {
      const { text, strings, values } = statement
      let form = forms.get(text)
      if (!form) {
        if (forms.size >= mostForms) return database.dynamic(statement)
        form = query(
          (places) =>
            new Sql(
              strings,
              Array.from(strings.slice(1), (_, index) => places[index]),
            ),
          int64,
        )
        forms.set(text, form)
      }
      return database.rows(form, values)
    },
  }
}
