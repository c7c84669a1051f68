import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { Button } from './button.tsx'

export interface MenuItem {
  readonly id: string
  readonly label: string
  readonly icon?: ReactNode
  readonly onAction: () => void
  readonly danger?: boolean
  readonly disabled?: boolean
  /** A choice that is made; items with it are shown with a tick. */
  readonly checked?: boolean
  /** Begins a group of this name. */
  readonly group?: string
  /** The key that does the same. */
  readonly shortcut?: string
}

interface MenuProps {
  /** The name of the button and of its menu. */
  readonly label: string
  /** What the button shows; the label when absent. */
  readonly children?: ReactNode
  readonly items: readonly MenuItem[]
  readonly kind?: 'plain' | 'quiet'
  readonly className?: string
}

const loadPopover = () => import('./menu-popover.tsx')
const MenuPopover = lazy(async () => ({ default: (await loadPopover()).MenuPopover }))

/** A button with a menu, which is loaded when somebody is about to open it. */
export function Menu({ label, children = label, items, kind = 'plain', className }: MenuProps) {
  const trigger = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        ref={trigger}
        kind={kind}
        className={className}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={typeof children === 'string' ? undefined : label}
        title={typeof children === 'string' ? undefined : label}
        onPointerEnter={() => void loadPopover()}
        onFocus={() => void loadPopover()}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') {
            event.preventDefault()
            setOpen(true)
          }
        }}
      >
        {children}
      </Button>
      {isOpen && (
        <Suspense>
          <MenuPopover label={label} items={items} trigger={trigger} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
