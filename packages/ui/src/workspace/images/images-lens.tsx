import type { Workspace } from '../workspace.ts'

export function ImagesLens({ workspace }: { workspace: Workspace }) {
  return <p>{workspace.scope.filter}</p>
}
