import { type KeyboardEvent, type PointerEvent, useState } from 'react'
import { metricText } from '../../controls/display-text.ts'
import { toast } from '../../shell/toasts.tsx'
import type { Brush } from '../workspace-state.ts'
import { brushRange, type Range, rangeBrush } from './field-brush.ts'
import type { ParallelAxis, ParallelScene } from './parallel-scene.ts'
import styles from './plots.module.css'

interface AxisHandlesProps {
  readonly axis: ParallelAxis
  readonly scene: ParallelScene
  readonly brush: Brush | undefined
  readonly onBrush: (brush: Brush | undefined) => void
}

const steps: Readonly<Record<string, number>> = {
  ArrowUp: 0.02,
  ArrowRight: 0.02,
  ArrowDown: -0.02,
  ArrowLeft: -0.02,
  PageUp: 0.1,
  PageDown: -0.1,
}

/** The range of an axis of numbers that is chosen: by dragging along it, or by its two handles and the arrow keys. */
export function AxisHandles({ axis, scene: { top, bottom }, brush, onBrush }: AxisHandlesProps) {
  const { field, x, placeValue, valueAt } = axis
  const [draft, setDraft] = useState<{ start: number; end: number }>()
  if (!field.range) return null
  const least = valueAt(bottom)
  const greatest = valueAt(top)
  const kept = brushRange(field, brush)
  const range: Range = draft
    ? { from: valueAt(Math.max(draft.start, draft.end)), to: valueAt(Math.min(draft.start, draft.end)) }
    : { from: Math.max(least, kept?.from ?? least), to: Math.min(greatest, kept?.to ?? greatest) }
  const set = (next: Range): void => {
    const made = rangeBrush(field, {
      from: next.from <= least ? -Infinity : next.from,
      to: next.to >= greatest ? Infinity : next.to,
    })
    if (made === 'none') toast({ text: `No run has a value of ${field.name} in this range.` })
    else if (made === 'many')
      toast({
        text: `This range has too many values of ${field.name} for a filter: choose a smaller one.`,
        kind: 'failed',
      })
    else onBrush(made)
  }
  const onKey = (end: 'from' | 'to') => (event: KeyboardEvent) => {
    const at = placeValue(range[end])
    const step = steps[event.key]
    let value: number | undefined
    if (event.key === 'Home') value = least
    else if (event.key === 'End') value = greatest
    else if (step !== undefined) value = nextValue(axis, range[end], at - step * (bottom - top), Math.sign(step))
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault()
      onBrush(undefined)
      return
    }
    if (value === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const clamped = end === 'from' ? Math.min(value, range.to) : Math.max(value, range.from)
    set({ ...range, [end]: clamped })
  }
  const pixel = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.max(top, Math.min(bottom, top - 12 + event.clientY - box.top))
  }
  const [high, low] = [placeValue(range.to), placeValue(range.from)]
  const isChosen = kept !== undefined || draft !== undefined
  return (
    <>
      <div
        className={styles['axis-strip']}
        style={{ left: x - 12, top: top - 12, height: bottom - top + 24 }}
        data-axis={field.field}
        onPointerDown={(event) => {
          if (event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          setDraft({ start: pixel(event), end: pixel(event) })
        }}
        onPointerMove={(event) => draft && setDraft({ ...draft, end: pixel(event) })}
        onPointerCancel={() => setDraft(undefined)}
        onPointerUp={() => {
          if (!draft) return
          if (Math.abs(draft.end - draft.start) < 4) onBrush(undefined)
          else set(range)
          setDraft(undefined)
        }}
      />
      {isChosen && (
        <div className={styles['axis-range']} style={{ left: x - 6, top: high, height: Math.max(2, low - high) }} />
      )}
      {(['to', 'from'] as const).map((end) => (
        <div
          key={end}
          role="slider"
          tabIndex={0}
          className={styles['handle']}
          data-end={end}
          data-chosen={isChosen}
          style={{ left: x - 12, top: end === 'to' ? high - 24 : low }}
          aria-label={`${field.name}, ${end === 'to' ? 'at most' : 'at least'}`}
          aria-orientation="vertical"
          aria-valuemin={least}
          aria-valuemax={greatest}
          aria-valuenow={range[end]}
          aria-valuetext={metricText(range[end])}
          onKeyDown={onKey(end)}
        />
      ))}
    </>
  )
}

/** A step along an axis; of a param at least as far as its next value, since only values can be chosen. */
function nextValue({ field, valueAt }: ParallelAxis, from: number, pixel: number, way: number): number {
  const value = valueAt(pixel)
  if (!field.isText) return value
  const beyond = [...field.numbers].filter((one) => (way > 0 ? one > from : one < from))
  if (beyond.length === 0) return value
  const next = way > 0 ? Math.min(...beyond) : Math.max(...beyond)
  return way > 0 ? Math.max(next, value) : Math.min(next, value)
}
