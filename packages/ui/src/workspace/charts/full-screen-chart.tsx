import { useLayoutEffect, useRef, useState } from 'react'
import { Dialog } from '../../controls/dialog.tsx'
import type { ChartCardProps } from './chart-card.tsx'
import { ChartCard } from './chart-card.tsx'
import type { FacetCard } from './chart-rows.ts'
import styles from './metric-charts.module.css'
import { StepTable } from './step-table.tsx'

type FullScreenChartProps = Pick<
  ChartCardProps,
  'fields' | 'state' | 'onState' | 'selected' | 'onSelect' | 'onOpen'
> & {
  readonly card: FacetCard
  readonly onClose: () => void
}

/** One chart as large as the screen, with its values by step. */
export function FullScreenChart({ card, onClose, ...rest }: FullScreenChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = place.current
    if (!element) return undefined
    const resized = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: Math.max(240, Math.round(innerHeight * 0.55)) }),
    )
    resized.observe(element)
    return () => resized.disconnect()
  }, [])
  return (
    <Dialog title={card.keys.join(', ')} size="full" onClose={onClose}>
      <div ref={place} className={styles['full']}>
        {size.width > 0 && (
          <>
            <ChartCard card={card} runs={card.runs} {...rest} {...size} />
            <StepTable card={card} runs={card.runs} {...rest} width={size.width} />
          </>
        )}
      </div>
    </Dialog>
  )
}
