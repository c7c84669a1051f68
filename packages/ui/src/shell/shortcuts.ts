import { useEffect, useRef } from 'react'
import { tinykeys } from 'tinykeys'

/** By key as tinykeys writes it, such as `$mod+k`. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>

/**
 * Keys that work on the whole page while the component is there. Plain keys are left to whoever types, and to an open
 * dialog or menu; those with Control or Command work everywhere.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  const keys = Object.keys(shortcuts).join(' ')
  useEffect(() => {
    const bound = Object.fromEntries(
      keys
        .split(' ')
        .filter(Boolean)
        .map((key) => [
          key,
          (event: KeyboardEvent) => {
            if (!key.includes('$mod') && isTaken(event)) return
            event.preventDefault()
            latest.current[key]?.(event)
          },
        ]),
    )
    return tinykeys(window, bound)
  }, [keys])
}

function isTaken({ target, ctrlKey, metaKey, altKey, defaultPrevented }: KeyboardEvent): boolean {
  if (defaultPrevented || ctrlKey || metaKey || altKey) return true
  const element = target instanceof Element ? target : document.body
  return (
    element.closest('input, textarea, select, [contenteditable="true"], dialog, [role="menu"], [role="listbox"]') !==
    null
  )
}
