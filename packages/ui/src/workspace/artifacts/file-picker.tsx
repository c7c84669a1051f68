import { useQuery } from '@tanstack/react-query'
import { CornerLeftUp, File, Folder } from 'lucide-react'
import { useState } from 'react'
import { folderQuery } from '../../artifacts/artifact-folders.ts'
import { baseName, parentOf } from '../../artifacts/artifact-root.ts'
import { Failure, Loading } from '../../controls/notices.tsx'
import type { ShownRun } from '../shown-runs.ts'
import styles from './artifacts.module.css'
import { joinedEntries } from './joined-entries.ts'

interface FilePickerProps {
  /** The two runs whose files are listed. */
  readonly runs: readonly [ShownRun, ShownRun]
  readonly path: string | undefined
  readonly onPick: (path: string) => void
}

/** The files of two runs as one tree, a folder at a time. */
export function FilePicker({ runs: [one, other], path, onPick }: FilePickerProps) {
  const [folder, setFolder] = useState(path === undefined ? '' : parentOf(path))
  const first = useQuery(folderQuery({ runId: one.id }, folder))
  const second = useQuery(folderQuery({ runId: other.id }, folder))
  const error = first.error ?? second.error
  const entries = first.data && second.data ? joinedEntries(first.data.entries, second.data.entries) : undefined
  return (
    <nav className={styles['picker']} aria-label="Files">
      <p className={`${styles['folder']} cut`} title={folder}>
        {folder === '' ? <span className="quiet">All files</span> : <bdi>{folder}/</bdi>}
      </p>
      {error && (
        <Failure
          what="The files could not be listed."
          error={error}
          retry={() => Promise.all([first.refetch(), second.refetch()])}
        />
      )}
      {!entries && !error && <Loading what="files" />}
      <ul>
        {folder !== '' && (
          <li>
            <button type="button" onClick={() => setFolder(parentOf(folder))}>
              <CornerLeftUp /> <span>Up</span>
            </button>
          </li>
        )}
        {entries?.map(({ path: at, isFolder, where }) => (
          <li key={at}>
            <button
              type="button"
              aria-current={at === path ? 'true' : undefined}
              title={at}
              onClick={() => (isFolder ? setFolder(at) : onPick(at))}
            >
              {isFolder ? <Folder /> : <File />}
              <bdi className="cut">{baseName(at)}</bdi>
              {where !== 'both' && <small>{where === 'first' ? 'first only' : 'second only'}</small>}
            </button>
          </li>
        ))}
      </ul>
      {entries?.length === 0 && (
        <p className={styles['note']}>{folder === '' ? 'These two runs have no files.' : 'Nothing is here.'}</p>
      )}
    </nav>
  )
}
