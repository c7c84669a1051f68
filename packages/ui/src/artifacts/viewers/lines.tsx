import { useVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import styles from './lines.module.css'

export interface LineList {
  /** Scrolls a line into sight; the last one where there are not so many. */
  show(index: number, where: 'start' | 'center' | 'end'): void
  /** Keeps what is in sight where it is after so many lines were put before it. */
  keep(added: number): void
}

interface LinesProps {
  readonly ref: Ref<LineList>
  readonly lines: readonly string[]
  readonly firstLine: number | undefined
  readonly isWrapped: boolean
  /** The line that a search is at. */
  readonly marked: number | undefined
  readonly name: string
  readonly onTop?: () => void
  readonly onBottom?: () => void
  readonly onScrollUp?: () => void
}

const lineHeight = 18

/** Lines of which only those in sight are on the page. */
export function Lines({ ref, lines, firstLine, isWrapped, marked, name, onTop, onBottom, onScrollUp }: LinesProps) {
  const pane = useRef<HTMLDivElement>(null)
  const lastTop = useRef(0)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => pane.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  })
  useEffect(() => virtual.measure(), [isWrapped, virtual])
  useImperativeHandle(ref, () => ({
    // What was just read is on the page after the next frame.
    show: (index, align) =>
      void requestAnimationFrame(() => {
        const last = virtual.options.count - 1
        virtual.scrollToIndex(Math.max(0, Math.min(last, index)), { align })
      }),
    keep: (added) =>
      void requestAnimationFrame(() => {
        if (added > 0 && pane.current) pane.current.scrollTop += added * lineHeight
      }),
  }))
  const scroll = (): void => {
    const element = pane.current
    if (!element) return
    const { scrollTop, scrollHeight, clientHeight } = element
    if (scrollTop < lastTop.current - 2) onScrollUp?.()
    lastTop.current = scrollTop
    if (scrollTop < 40 * lineHeight) onTop?.()
    if (scrollHeight - scrollTop - clientHeight < 40 * lineHeight) onBottom?.()
  }
  const digits = String((firstLine ?? 0) + lines.length).length
  return (
    <div
      ref={pane}
      className={styles['lines']}
      data-wrapped={isWrapped}
      // A keyboard must be able to scroll it.
      tabIndex={0}
      role="region"
      aria-label={`Text of ${name}`}
      onScroll={scroll}
    >
      <div className={styles['all']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => (
          <div
            key={key}
            ref={isWrapped ? virtual.measureElement : undefined}
            data-index={index}
            className={styles['line']}
            data-marked={index === marked}
            style={{ transform: `translateY(${start}px)` }}
          >
            {firstLine !== undefined && (
              <span className={styles['number']} style={{ width: `${digits + 2}ch` }} aria-hidden="true">
                {firstLine + index}
              </span>
            )}
            <code>{plain(lines[index] ?? '')}</code>
          </div>
        ))}
      </div>
    </div>
  )
}

/** Without the colours of terminals and the other control characters, which would show as boxes. */
function plain(line: string): string {
  // oxlint-disable-next-line no-control-regex
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f]/g, '')
}
