import { type ReactNode, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { useShortcuts } from '../shell/shortcuts.ts'
import { Popover } from './popover.tsx'

interface PopoverButtonProps {
  readonly label: string
  /** What the button shows; the label when absent. */
  readonly face?: ReactNode
  readonly kind?: 'plain' | 'quiet'
  readonly className?: string | undefined
  readonly shortcut?: string
  readonly children: (close: () => void) => ReactNode
}

/** A button that opens a small panel. */
export function PopoverButton({
  label,
  face = label,
  kind = 'quiet',
  className = '',
  shortcut,
  children,
}: PopoverButtonProps) {
  const trigger = useRef<HTMLButtonElement>(null)
  const [opened, setOpened] = useState<HTMLElement>()
  useShortcuts(shortcut === undefined ? {} : { [shortcut]: () => trigger.current?.click() })
  const wasOpen = useRef(false)
  const close = (): void => setOpened(undefined)
  return (
    <>
      <Button
        ref={trigger}
        kind={kind}
        className={className}
        aria-haspopup="dialog"
        aria-expanded={opened !== undefined}
        aria-label={typeof face === 'string' ? undefined : label}
        aria-keyshortcuts={shortcut}
        title={shortcut === undefined ? label : `${label} (${shortcut})`}
        onPointerDown={() => {
          wasOpen.current = opened !== undefined
        }}
        onClick={(event) => {
          // The press that closed the panel is not one that opens it again.
          if (!wasOpen.current) setOpened(event.currentTarget)
          wasOpen.current = false
        }}
      >
        {face}
      </Button>
      {opened && (
        <Popover label={label} trigger={opened} onClose={close}>
          {children(close)}
        </Popover>
      )}
    </>
  )
}
