import sql from 'sql-template-tag'

import type { Database } from './database.ts'
import { query } from './query.ts'

/** The tag in which MLflow keeps the versions that were made of a logged model. */
const versionsTag = 'mlflow.modelVersions'

const tagOf = query<{ uuid: string }, { id: number; value: string | null }>(
  (p) => sql`select m.id, t.value from logged_models m
    left join logged_model_tags t on t.model_id = m.id and t.key = ${versionsTag}
    where m.uuid = ${p.uuid} and m.lifecycle_stage = 'active'`,
)

const putTag = query<{ id: number; value: string }, unknown>(
  (p) => sql`insert into logged_model_tags (model_id, key, value) values (${p.id}, ${versionsTag}, ${p.value})
    on conflict (model_id, key) do update set value = excluded.value`,
)

/**
 * Adds a version to the tag of the logged model that it was made of, as MLflow does; the model's time stays. A model that
 * is gone has none, which only happens to copies.
 */
export async function tellLoggedModel(database: Database, uuid: string, name: string, version: number): Promise<void> {
  const model = await database.first(tagOf, { uuid })
  if (!model) return
  const entry = `{"name": ${pythonString(name)}, "version": ${version}}`
  await database.run(putTag, { id: model.id, value: withEntry(model.value, entry) })
}

/** A JSON list with one entry more. Text that is no list, which only a client's set-tag can leave, counts as none. */
function withEntry(text: string | null, entry: string): string {
  const list = text?.trim() ?? ''
  const entries = isList(list) ? list.slice(0, -1).trimEnd() : '['
  return `${entries}${entries === '[' ? '' : ', '}${entry}]`
}

function isList(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text))
  } catch {
    return false
  }
}

/** A string as Python's JSON has it: ASCII only. */
function pythonString(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
