import { useQueryClient } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '../controls/button.tsx'
import { Markdown } from '../controls/markdown.tsx'
import { TextArea } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { type Run, runChanged, tagOf } from './run-data.ts'
import styles from './run-description.module.css'
import { noteTag } from '../controls/client-tags.ts'
import { messageOf } from '../controls/thrown.ts'

/** A run's note in Markdown, and its editor. */
export function RunDescription({ run }: { run: Run }) {
  const note = tagOf(run, noteTag) ?? ''
  const [isEditing, setEditing] = useState(false)
  if (isEditing) return <NoteEditor runId={run.info.run_id} note={note} onClose={() => setEditing(false)} />
  if (note.trim() === '') {
    return (
      <Button kind="quiet" className={styles['add']} onClick={() => setEditing(true)}>
        <Pencil /> Add a description
      </Button>
    )
  }
  return (
    <section className={styles['note']} aria-label="Description">
      <Markdown text={note} />
      <IconButton label="Edit description" onClick={() => setEditing(true)}>
        <Pencil />
      </IconButton>
    </section>
  )
}

function NoteEditor({ runId, note, onClose }: { runId: string; note: string; onClose: () => void }) {
  const queries = useQueryClient()
  const [text, setText] = useState(note)
  const [isPreviewed, setPreviewed] = useState(false)
  const [error, setError] = useState<string>()
  const save = async (): Promise<void> => {
    try {
      await server.setTag({ run_id: runId, key: noteTag, value: text })
    } catch (reason) {
      setError(messageOf(reason))
      return
    }
    await runChanged(queries, runId)
    onClose()
  }
  return (
    <section className={styles['editor']} aria-label="Edit description">
      {isPreviewed ? (
        <div className={styles['preview']}>
          {text.trim() === '' ? <p className="quiet">Nothing yet.</p> : <Markdown text={text} />}
        </div>
      ) : (
        <TextArea
          label="Description, in Markdown"
          rows={7}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save()
            if (event.key === 'Escape') onClose()
          }}
          error={error}
          autoFocus
        />
      )}
      <div className={styles['buttons']}>
        <Button kind="primary" onClick={() => void save()}>
          Save
        </Button>
        <Button aria-pressed={isPreviewed} onClick={() => setPreviewed(!isPreviewed)}>
          Preview
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </section>
  )
}
