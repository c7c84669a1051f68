import sql from 'sql-template-tag'

import type { LeaseClaim } from '../../events/store.ts'
import type { Database } from './database.ts'
import { query } from './query.ts'

// Taken where nobody holds it any more, by the store's clock: those of the servers may differ.
const take = query<LeaseClaim, unknown>(
  (p, engine) => sql`insert into leases (name, holder, until)
    values (${p.name}, ${p.holder}, ${engine.now} + ${engine.typed('int64', p.duration)})
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
    where leases.holder = excluded.holder or leases.until < ${engine.now}`,
)

const drop = query<{ name: string; holder: string }, unknown>(
  (p) => sql`delete from leases where name = ${p.name} and holder = ${p.holder}`,
)

/** Takes or prolongs a lease; false while somebody else holds it. */
export async function holdLease(database: Database, claim: LeaseClaim): Promise<boolean> {
  return (await database.run(take, claim)) > 0
}

/** Lets go of a lease, so that another need not wait until it ends. */
export async function dropLease(database: Database, name: string, holder: string): Promise<void> {
  await database.run(drop, { name, holder })
}
