import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react'
import styles from './popover.module.css'

interface PopoverProps {
  readonly label: string
  /** What it hangs below. */
  readonly trigger: HTMLElement
  readonly onClose: () => void
  readonly children: ReactNode
}

/**
 * A small panel over the page. Escape and a click beside it close it, then the focus is back where it was; the arrows go
 * from button to button.
 */
export function Popover({ label, trigger, onClose, children }: PopoverProps) {
  const panel = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })

  useLayoutEffect(() => {
    const element = panel.current
    if (!element) return undefined
    const before = document.activeElement
    element.showPopover()
    place(element, trigger)
    const first = element.querySelector<HTMLElement>('[data-autofocus], input, button, select, a')
    ;(first ?? element).focus({ preventScroll: true })
    const toggled = (event: ToggleEvent): void => {
      if (event.newState === 'closed') close.current()
    }
    const resized = new ResizeObserver(() => place(element, trigger))
    resized.observe(element)
    element.addEventListener('toggle', toggled as EventListener)
    return () => {
      resized.disconnect()
      element.removeEventListener('toggle', toggled as EventListener)
      const isInside = element.contains(document.activeElement) || document.activeElement === document.body
      if (isInside && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [trigger])

  return (
    <div
      ref={panel}
      popover="auto"
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      className={styles['popover']}
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  )
}

function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
  // The table below has keys of its own.
  event.stopPropagation()
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const { target } = event
  if (step === undefined || !(target instanceof HTMLElement)) return
  if (target instanceof HTMLInputElement && !['checkbox', 'radio', 'search'].includes(target.type)) return
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>('button:not(:disabled), input, a')]
  const next = all[all.indexOf(target) + step]
  if (!next) return
  event.preventDefault()
  next.focus()
}

const gap = 4
const margin = 8

function place(element: HTMLElement, trigger: HTMLElement): void {
  const { left, top, bottom } = trigger.getBoundingClientRect()
  const { offsetWidth, offsetHeight } = element
  const isAbove = bottom + gap + offsetHeight > innerHeight - margin && top - gap - offsetHeight > margin
  const y = isAbove ? top - gap - offsetHeight : Math.min(bottom + gap, innerHeight - margin - offsetHeight)
  element.style.top = `${Math.max(margin, y)}px`
  element.style.left = `${Math.max(margin, Math.min(left, innerWidth - margin - offsetWidth))}px`
}
