import { Link } from '@tanstack/react-router'
import { ChevronRight, FolderClosed, FolderOpen } from 'lucide-react'
import styles from './experiments.module.css'
import type { Folder } from './folders.ts'

/** The folders as nested links; those above the open one, and it, are unfolded. */
export function FolderTree({ root, open }: { root: Folder; open: string }) {
  return (
    <nav className={styles['tree']} aria-label="Folders">
      <FolderLink path="" name="All experiments" count={root.count} isOpen={open === ''} hasFolders={false} />
      <Folders folders={root.folders} open={open} />
    </nav>
  )
}

function Folders({ folders, open }: { folders: readonly Folder[]; open: string }) {
  return (
    <ul>
      {folders.map((folder) => {
        const isAbove = open === folder.path || open.startsWith(`${folder.path}/`)
        return (
          <li key={folder.path}>
            <FolderLink
              {...folder}
              isOpen={open === folder.path}
              isUnfolded={isAbove}
              hasFolders={folder.folders.length > 0}
            />
            {isAbove && folder.folders.length > 0 && <Folders folders={folder.folders} open={open} />}
          </li>
        )
      })}
    </ul>
  )
}

interface FolderLinkProps {
  readonly path: string
  readonly name: string
  readonly count: number
  readonly isOpen: boolean
  readonly isUnfolded?: boolean
  readonly hasFolders: boolean
}

function FolderLink({ path, name, count, isOpen, isUnfolded = false, hasFolders }: FolderLinkProps) {
  return (
    <Link
      to="/experiments"
      search={(before) => ({ ...before, folder: path })}
      className={styles['folder'] ?? ''}
      activeOptions={{ includeSearch: false }}
      aria-current={isOpen ? 'true' : undefined}
      title={path}
    >
      <ChevronRight className={styles['chevron']} data-unfolded={isUnfolded} data-shown={hasFolders} />
      {isOpen || isUnfolded ? <FolderOpen /> : <FolderClosed />}
      <bdi className="cut">{name}</bdi>
      <span className={styles['count']}>{count}</span>
    </Link>
  )
}
