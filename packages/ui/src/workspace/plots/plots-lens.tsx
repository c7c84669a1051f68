import type { Workspace } from '../workspace.ts'

export function PlotsLens({ workspace }: { workspace: Workspace }) {
  return <p>{workspace.scope.filter}</p>
}
