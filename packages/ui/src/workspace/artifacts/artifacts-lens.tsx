import type { Workspace } from '../workspace.ts'

export function ArtifactsLens({ workspace }: { workspace: Workspace }) {
  return <p>{workspace.scope.filter}</p>
}
