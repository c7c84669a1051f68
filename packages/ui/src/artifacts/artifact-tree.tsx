import { useQueries } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronDown, ChevronRight, File, Folder, FolderOpen } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { sizeText } from '../controls/display-text.ts'
import { folderQuery } from './artifact-folders.ts'
import { type ArtifactRoot, baseName, parentOf } from './artifact-root.ts'
import styles from './artifact-tree.module.css'
import { type TreeRow, treeRows } from './tree-rows.ts'

interface ArtifactTreeProps {
  readonly root: ArtifactRoot
  readonly path: string
  readonly onOpen: (path: string) => void
}

const rowHeight = 28

/** Folders and files as a tree, of which only what is seen is on the page. Folders are read when they are opened. */
export function ArtifactTree({ root, path, onOpen }: ArtifactTreeProps) {
  const id = useId()
  const pane = useRef<HTMLDivElement>(null)
  // What somebody opened or closed; else a folder is open where something in it is shown.
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [active, setActive] = useState(path)
  const isOpen = (folder: string): boolean =>
    folder === '' || (toggled.get(folder) ?? (path === folder || path.startsWith(`${folder}/`)))

  const open = useMemo(() => {
    const found = new Set(['', ...[...toggled].filter(([, is]) => is).map(([folder]) => folder)])
    for (let at = path; at !== ''; at = parentOf(at)) if (toggled.get(at) !== false) found.add(at)
    return [...found]
  }, [toggled, path])
  const folders = useQueries({
    queries: open.map((folder) => folderQuery(root, folder)),
    combine: (results) => new Map(results.map((result, index) => [open[index] ?? '', result])),
  })
  const rows = treeRows(isOpen, (folder) => folders.get(folder))

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => pane.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  })
  const index = Math.max(
    0,
    rows.findIndex((row) => row.path === active),
  )
  useEffect(() => setActive(path), [path])
  const shownIndex = rows.findIndex((row) => row.path === path)
  useEffect(() => {
    if (shownIndex >= 0) virtual.scrollToIndex(shownIndex)
  }, [shownIndex, virtual])

  const toggle = (folder: string, is: boolean): void => setToggled(new Map(toggled).set(folder, is))
  const choose = (row: TreeRow): void => {
    setActive(row.path)
    if (row.kind === 'folder') toggle(row.path, path !== row.path || !isOpen(row.path))
    if (row.kind === 'folder' || row.kind === 'file') onOpen(row.path)
    if (row.kind === 'failed') void folders.get(parentOf(row.path))?.refetch()
  }
  const moveTo = (to: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))]
    if (!row) return
    setActive(row.path)
    virtual.scrollToIndex(rows.indexOf(row))
  }
  const press = (event: KeyboardEvent): void => {
    const row = rows[index]
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return
    const isFolder = row.kind === 'folder'
    const page = Math.max(1, Math.floor((pane.current?.clientHeight ?? rowHeight) / rowHeight) - 1)
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(index + 1),
      ArrowUp: () => moveTo(index - 1),
      PageDown: () => moveTo(index + page),
      PageUp: () => moveTo(index - page),
      Home: () => moveTo(0),
      End: () => moveTo(rows.length - 1),
      ArrowRight: () => (isFolder && !isOpen(row.path) ? toggle(row.path, true) : isFolder && moveTo(index + 1)),
      ArrowLeft: () =>
        isFolder && isOpen(row.path)
          ? toggle(row.path, false)
          : moveTo(rows.findIndex((one) => one.path === parentOf(row.path))),
      Enter: () => choose(row),
      ' ': () => choose(row),
    }
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  const items = virtual.getVirtualItems()
  return (
    <div
      ref={pane}
      className={styles['tree']}
      role="tree"
      aria-label="Files"
      tabIndex={0}
      aria-activedescendant={items.some((item) => item.index === index) ? `${id}-${index}` : undefined}
      onKeyDown={press}
    >
      <div style={{ height: virtual.getTotalSize() }} role="presentation">
        {items.map((item) => {
          const row = rows[item.index]
          return (
            row && (
              <div
                key={`${row.kind}:${row.path}`}
                id={`${id}-${item.index}`}
                role="treeitem"
                aria-level={row.level}
                aria-setsize={row.setSize}
                aria-posinset={row.position}
                aria-selected={row.path === path}
                aria-expanded={row.kind === 'folder' ? isOpen(row.path) : undefined}
                className={styles['row']}
                data-active={item.index === index}
                style={{ transform: `translateY(${item.start}px)`, paddingLeft: 4 + (row.level - 1) * 14 }}
                title={row.path}
                onClick={() => choose(row)}
              >
                <RowContent row={row} isOpen={row.kind === 'folder' && isOpen(row.path)} />
              </div>
            )
          )
        })}
      </div>
    </div>
  )
}

function RowContent({ row, isOpen }: { row: TreeRow; isOpen: boolean }) {
  if (row.kind === 'loading') return <span className="quiet">Loading…</span>
  if (row.kind === 'failed') return <span className={styles['failed']}>Not loaded: {row.reason}. Try again</span>
  if (row.kind === 'note') return <span className="quiet">{row.reason}</span>
  return (
    <>
      {row.kind === 'folder' ? isOpen ? <ChevronDown /> : <ChevronRight /> : <span className={styles['gap']} />}
      {row.kind === 'folder' ? isOpen ? <FolderOpen /> : <Folder /> : <File />}
      <bdi className="cut">{baseName(row.path)}</bdi>
      {row.size !== undefined && <span className={styles['size']}>{sizeText(row.size)}</span>}
    </>
  )
}
