import type { ArtifactRoot } from '../artifact-root.ts'

/** What each viewer of a file is given. */
export interface ViewerProps {
  readonly root: ArtifactRoot
  readonly path: string
  /** Bytes, more than none. */
  readonly size: number
  /** Where its bytes are, by ranges where the store has them. */
  readonly url: string
  /** Opens another file, such as the next picture. */
  readonly onOpen: (path: string) => void
}
