import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

import type { SharedStores } from './team.ts'

/** What the set-up of the project leaves for its test files. */
export interface SharedTeam {
  /** The address of the proxy before two servers that share a PostgreSQL and a bucket. */
  readonly url: string
  /** Another database and folder of the bucket there, empty, for the one file that kills its servers. */
  readonly ownStores: SharedStores
}

// Not by merging into vitest's interface: TypeScript 7 saw that in some runs and not in others.
const key = 'team' as never

export function provideTeam(project: TestProject, team: SharedTeam): void {
  project.provide(key, team as never)
}

export function sharedTeam(): SharedTeam {
  return inject(key) as SharedTeam
}
