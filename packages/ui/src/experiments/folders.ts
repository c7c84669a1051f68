import type { Experiment } from '@trackway/sdk'
import { compareNames } from '../controls/display-text.ts'

/** A folder of experiments, as their names make it: `vision/segmentation` lies in `vision`. */
export interface Folder {
  readonly path: string
  readonly name: string
  readonly folders: readonly Folder[]
  /** The experiments right in it. */
  readonly experiments: readonly Experiment[]
  /** How many experiments are in it and below. */
  readonly count: number
}

interface OpenFolder {
  readonly folders: Map<string, OpenFolder>
  readonly experiments: Experiment[]
}

/**
 * The folders that the names of experiments make. Slashes part them, as in file systems and in Databricks; empty parts are
 * passed over, so that a name that only begins or ends with a slash is no folder.
 */
export function foldersOf(experiments: readonly Experiment[]): Folder {
  const root: OpenFolder = { folders: new Map(), experiments: [] }
  for (const experiment of experiments) {
    let folder = root
    for (const part of folderParts(experiment.name)) {
      const next = folder.folders.get(part) ?? { folders: new Map(), experiments: [] }
      folder.folders.set(part, next)
      folder = next
    }
    folder.experiments.push(experiment)
  }
  return closed(root, [])
}

/** The folders above an experiment, outermost first. */
export function folderParts(name: string): readonly string[] {
  return name
    .split('/')
    .filter((part) => part.trim() !== '')
    .slice(0, -1)
}

/** An experiment's name without its folders. */
export function leafName(name: string): string {
  return name.split('/').findLast((part) => part.trim() !== '') ?? name
}

/** The experiments in a folder and below. */
export function isInFolder(name: string, path: string): boolean {
  const parts = folderParts(name).join('/')
  return path === '' || parts === path || parts.startsWith(`${path}/`)
}

function closed({ folders, experiments }: OpenFolder, parts: readonly string[]): Folder {
  const inner = [...folders]
    .map(([name, folder]) => closed(folder, [...parts, name]))
    .toSorted((a, b) => compareNames(a.name, b.name))
  return {
    path: parts.join('/'),
    name: parts.at(-1) ?? '',
    folders: inner,
    experiments,
    count: experiments.length + inner.reduce((sum, { count }) => sum + count, 0),
  }
}
