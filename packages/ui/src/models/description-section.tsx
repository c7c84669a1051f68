import { Pencil } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '../controls/button.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { Markdown } from '../controls/markdown.tsx'
import { TextArea } from '../controls/text-field.tsx'
import styles from './models.module.css'
import { messageOf } from '../controls/thrown.ts'

interface DescriptionSectionProps {
  readonly text: string
  /** Its rejection is shown in the dialog. */
  readonly onSave: (text: string) => Promise<unknown>
}

/** A description in Markdown, with a dialog to change it. */
export function DescriptionSection({ text, onSave }: DescriptionSectionProps) {
  const [isEditing, setEditing] = useState(false)
  return (
    <section className={styles['section']} aria-label="Description">
      {text === '' ? (
        <div>
          <Button kind="quiet" onClick={() => setEditing(true)}>
            <Pencil /> Add a description
          </Button>
        </div>
      ) : (
        <div className={styles['described']}>
          <Markdown text={text} />
          <IconButton label="Edit description" onClick={() => setEditing(true)}>
            <Pencil />
          </IconButton>
        </div>
      )}
      {isEditing && <DescriptionDialog text={text} onSave={onSave} onClose={() => setEditing(false)} />}
    </section>
  )
}

function DescriptionDialog({ text, onSave, onClose }: DescriptionSectionProps & { onClose: () => void }) {
  const [typed, setTyped] = useState(text)
  const [error, setError] = useState<string>()
  const save = async (): Promise<void> => {
    try {
      await onSave(typed)
      onClose()
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog title="Description" size="wide" onClose={onClose} action={{ label: 'Save', onAction: save }}>
      <TextArea
        label="Markdown"
        rows={12}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        error={error}
        autoFocus
      />
    </Dialog>
  )
}
