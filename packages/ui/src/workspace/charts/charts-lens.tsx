import type { Workspace } from '../workspace.ts'

export function ChartsLens({ workspace }: { workspace: Workspace }) {
  return <p>{workspace.scope.filter}</p>
}
