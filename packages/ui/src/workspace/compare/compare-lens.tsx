import type { Workspace } from '../workspace.ts'

export function CompareLens({ workspace }: { workspace: Workspace }) {
  return <p>{workspace.scope.filter}</p>
}
