import type { ArtifactEntry } from '../../artifacts/artifact-folders.ts'
import { compareNames } from '../../controls/display-text.ts'

interface JoinedEntry {
  readonly path: string
  readonly isFolder: boolean
  readonly where: 'both' | 'first' | 'second'
}

/** What lies in a folder of either of two runs: folders first, each kind by name. */
export function joinedEntries(
  first: readonly ArtifactEntry[],
  second: readonly ArtifactEntry[],
): readonly JoinedEntry[] {
  const keyOf = ({ path, isFolder }: ArtifactEntry): string => `${isFolder} ${path}`
  const [inFirst, inSecond] = [new Set(first.map(keyOf)), new Set(second.map(keyOf))]
  const all = new Map([...first, ...second].map((entry) => [keyOf(entry), entry]))
  return [...all]
    .map(([key, { path, isFolder }]): JoinedEntry => {
      const where = inFirst.has(key) ? (inSecond.has(key) ? 'both' : 'first') : 'second'
      return { path, isFolder, where }
    })
    .toSorted((one, other) => Number(other.isFolder) - Number(one.isFolder) || compareNames(one.path, other.path))
}
