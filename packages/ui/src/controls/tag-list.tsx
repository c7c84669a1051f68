import { Pencil, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from './button.tsx'
import { Dialog } from './dialog.tsx'
import styles from './tag-list.module.css'
import { TextArea, TextField } from './text-field.tsx'
import { messageOf } from './thrown.ts'

interface Tag {
  readonly key: string
  readonly value: string
}

interface TagListProps {
  readonly tags: readonly Tag[]
  /** Sets a tag; without it the tags can only be read. Its rejection is shown in the dialog. */
  readonly onSet?: (key: string, value: string) => Promise<unknown>
  readonly onDelete?: (key: string) => Promise<unknown>
}

/** The tags that people set: those of clients (`mlflow.…`) and of Trackway are left out. */
export function userTags(tags: readonly Tag[] | undefined): readonly Tag[] {
  return (tags ?? []).filter(({ key }) => !/^(mlflow|trackway)\./.test(key))
}

/** Tags as chips. Where they can be changed, each opens a dialog and there is a button for a new one. */
export function TagList({ tags, onSet, onDelete }: TagListProps) {
  const [edited, setEdited] = useState<Tag>()
  return (
    <span className={styles['tags']}>
      {tags.map((tag) => (
        <span key={tag.key} className={styles['tag']} title={`${tag.key}: ${tag.value}`}>
          <bdi className={styles['key']}>{tag.key}</bdi>
          {tag.value !== '' && <bdi className={styles['value']}>{tag.value}</bdi>}
          {onSet && (
            <button type="button" aria-label={`Edit tag ${tag.key}`} onClick={() => setEdited(tag)}>
              <Pencil />
            </button>
          )}
          {onDelete && (
            <button type="button" aria-label={`Delete tag ${tag.key}`} onClick={() => void onDelete(tag.key)}>
              <X />
            </button>
          )}
        </span>
      ))}
      {onSet &&
        (tags.length === 0 ? (
          <Button kind="quiet" onClick={() => setEdited({ key: '', value: '' })}>
            <Plus /> Add tag
          </Button>
        ) : (
          <IconButton label="Add tag" onClick={() => setEdited({ key: '', value: '' })}>
            <Plus />
          </IconButton>
        ))}
      {onSet && edited && <TagDialog tag={edited} onSet={onSet} onClose={() => setEdited(undefined)} />}
    </span>
  )
}

interface TagDialogProps {
  readonly tag: Tag
  readonly onSet: (key: string, value: string) => Promise<unknown>
  readonly onClose: () => void
  readonly title?: string
}

/** Asks for a tag; a tag with a key already is one to be changed. */
export function TagDialog({ tag, onSet, onClose, title }: TagDialogProps) {
  const [key, setKey] = useState(tag.key)
  const [value, setValue] = useState(tag.value)
  const [error, setError] = useState<string>()
  const save = async (): Promise<void> => {
    try {
      await onSet(key.trim(), value)
      onClose()
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title={title ?? (tag.key === '' ? 'Add a tag' : `Tag ${tag.key}`)}
      onClose={onClose}
      action={{ label: 'Save', onAction: save, disabled: key.trim() === '' }}
    >
      {tag.key === '' && (
        <TextField label="Key" value={key} onChange={(event) => setKey(event.target.value)} autoFocus />
      )}
      <TextArea
        label="Value"
        rows={3}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        error={error}
        autoFocus={tag.key !== ''}
      />
    </Dialog>
  )
}
