import { type ReactNode, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
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
export function PopoverButton({ label, face = label, kind = 'quiet', className = '', shortcut, children }: PopoverButtonProps) {
  const trigger = useRef<HTMLButtonElement>(null)
  const [opened, setOpened] = useState<HTMLElement>()
  const closedAt = useRef(0)
  const close = (): void => {
    closedAt.current = performance.now()
    setOpened(undefined)
  }
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
        onClick={(event) => {
          // The press that closed the panel is not one that opens it again.
          if (performance.now() - closedAt.current > 300) setOpened(event.currentTarget)
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
