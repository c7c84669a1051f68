import { X } from 'lucide-react'
import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { Button, IconButton } from './button.tsx'
import styles from './dialog.module.css'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** What the dialog is for; Enter does it, too. Without it there is only a way out. */
  readonly action?: {
    readonly label: string
    readonly onAction: () => unknown
    readonly danger?: boolean
    readonly disabled?: boolean
  }
  readonly size?: 'small' | 'wide' | 'full'
}

/** A dialog over the page, as long as it is rendered. Escape, its buttons and a click beside it close it. */
export function Dialog({ title, onClose, children, action, size = 'small' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()

  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    // The browser would take the first control, which is Close.
    element?.querySelector<HTMLElement>('[data-dialog-body] :is(input, textarea, select)')?.focus()
    return () => {
      element?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (action && action.disabled !== true) action.onAction()
  }
  return (
    <dialog
      ref={dialog}
      className={styles['dialog']}
      data-size={size}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <form className={styles['form']} onSubmit={submit}>
        <header className={styles['head']}>
          <h2 id={heading} className="cut" dir="auto">
            {title}
          </h2>
          <IconButton label="Close" onClick={onClose}>
            <X />
          </IconButton>
        </header>
        <div className={styles['body']} data-dialog-body>
          {children}
        </div>
        {action && (
          <footer className={styles['foot']}>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              type="submit"
              kind={action.danger === true ? 'danger' : 'primary'}
              disabled={action.disabled === true}
            >
              {action.label}
            </Button>
          </footer>
        )}
      </form>
    </dialog>
  )
}
