import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'
import styles from './workspace.module.css'
import type { Workspace } from './workspace.ts'

const usual = 50
const [least, greatest] = [20, 80]

/** Two lenses beside each other, with a line between them that is drawn or moved by the arrows. */
export function SplitPane({ workspace, left, right }: { workspace: Workspace; left: ReactNode; right: ReactNode }) {
  const { state, change } = workspace
  const [drawn, setDrawn] = useState<number>()
  const pane = useRef<HTMLDivElement>(null)
  const share = drawn ?? state.split ?? usual
  const set = (next: number): void =>
    change({ split: Math.round(Math.max(least, Math.min(greatest, next))) }, { replace: true })

  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    event.preventDefault()
    const handle = event.currentTarget
    const box = pane.current?.getBoundingClientRect()
    if (!box) return
    let last = share
    handle.setPointerCapture(event.pointerId)
    const move = ({ clientX }: globalThis.PointerEvent): void => {
      last = Math.max(least, Math.min(greatest, (100 * (clientX - box.left)) / box.width))
      setDrawn(last)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener(
      'lostpointercapture',
      () => {
        handle.removeEventListener('pointermove', move)
        set(last)
        setDrawn(undefined)
      },
      { once: true },
    )
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = { ArrowLeft: share - 4, ArrowRight: share + 4, Home: least, End: greatest }[event.key]
    if (next === undefined) return
    event.preventDefault()
    set(next)
  }
  return (
    <div ref={pane} className={styles['split']}>
      <div className={styles['side']} style={{ flex: `0 0 ${share}%` }}>
        {left}
      </div>
      <div
        role="separator"
        tabIndex={0}
        aria-label="Width of the table"
        aria-orientation="vertical"
        aria-valuemin={least}
        aria-valuemax={greatest}
        aria-valuenow={Math.round(share)}
        className={styles['separator']}
        onPointerDown={onPointerDown}
        onKeyDown={onKeyDown}
        onDoubleClick={() => change({ split: undefined })}
      />
      <div className={styles['side']} style={{ flex: 1 }}>
        {right}
      </div>
    </div>
  )
}
