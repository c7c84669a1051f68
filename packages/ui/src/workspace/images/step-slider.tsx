import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useId } from 'react'
import { IconButton } from '../../controls/button.tsx'
import styles from './images.module.css'

interface StepSliderProps {
  /** In order, at least two. */
  readonly steps: readonly number[]
  readonly step: number
  readonly onStep: (step: number) => void
}

/** Chooses a step among those at which there is something. */
export function StepSlider({ steps, step, onStep }: StepSliderProps) {
  const id = useId()
  const place = Math.max(
    0,
    steps.findLastIndex((one) => one <= step),
  )
  const go = (to: number): void => {
    const next = steps[to]
    if (next !== undefined) onStep(next)
  }
  return (
    <div className={styles['steps']}>
      <label htmlFor={id}>Step</label>
      <IconButton label="Step before" disabled={place === 0} onClick={() => go(place - 1)}>
        <ChevronLeft />
      </IconButton>
      <input
        id={id}
        type="range"
        min={0}
        max={steps.length - 1}
        value={place}
        aria-valuetext={`Step ${steps[place]}`}
        onChange={(event) => go(Number(event.target.value))}
      />
      <IconButton label="Step after" disabled={place === steps.length - 1} onClick={() => go(place + 1)}>
        <ChevronRight />
      </IconButton>
      <output>{steps[place]}</output>
    </div>
  )
}
