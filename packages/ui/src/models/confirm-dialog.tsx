import { type ReactNode, useState } from 'react'
import { Dialog } from '../controls/dialog.tsx'
import { TextField } from '../controls/text-field.tsx'
import { messageOf } from '../controls/thrown.ts'

interface ConfirmDialogProps {
  readonly title: string
  readonly action: string
  /** What will be gone. */
  readonly children: ReactNode
  /** Must be typed first, where nothing brings it back. */
  readonly typed?: string
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
}

/** Asks before something is done that cannot be taken back; closes when it was done. */
export function ConfirmDialog({ title, action, children, typed, onConfirm, onClose }: ConfirmDialogProps) {
  const [text, setText] = useState('')
  const [error, setError] = useState<string>()
  const confirm = async (): Promise<void> => {
    try {
      await onConfirm()
      onClose()
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  const isTyped = typed === undefined || text.trim() === typed.trim()
  return (
    <Dialog
      title={title}
      onClose={onClose}
      action={{ label: action, danger: true, disabled: !isTyped, onAction: confirm }}
    >
      {children}
      {typed !== undefined && (
        <TextField
          label={`To confirm, type ${typed}`}
          value={text}
          onChange={(event) => setText(event.target.value)}
          autoFocus
        />
      )}
      {error !== undefined && (
        <p role="alert" style={{ color: 'var(--failed)' }} dir="auto">
          {error}
        </p>
      )}
    </Dialog>
  )
}
