import { useQueryClient } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../controls/button.tsx'
import { Dialog } from '../controls/dialog.tsx'
import { TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import styles from './alias-list.module.css'
import { messageOf } from '../controls/thrown.ts'
import { readAgain } from '../shell/read-again.ts'

interface AliasListProps {
  readonly name: string
  readonly version: string
  readonly aliases: readonly string[]
  /** All aliases of the model, to say from where one would be taken. */
  readonly taken: readonly { readonly alias: string; readonly version: string }[]
}

/** The aliases of a version, to be added, taken from another version, and removed. */
export function AliasList({ name, version, aliases, taken }: AliasListProps) {
  const [isAdding, setAdding] = useState(false)
  const queries = useQueryClient()
  const changed = () => readAgain(queries, 'models', 'model', 'version')
  const set = async (alias: string): Promise<void> => {
    await server.setRegisteredModelAlias({ name, alias, version })
    await changed()
  }
  const remove = async (alias: string): Promise<void> => {
    try {
      await server.deleteRegisteredModelAlias({ name, alias })
      await changed()
      toast({
        text: `Alias ${alias} was removed from version ${version}.`,
        undo: () => set(alias).catch((error: unknown) => toastFailure('The alias was not set again.', error)),
      })
    } catch (error) {
      toastFailure('The alias was not removed.', error)
    }
  }
  return (
    <span className={styles['aliases']}>
      {aliases.map((alias) => (
        <span key={alias} className={styles['alias']} title={alias}>
          <bdi>{alias}</bdi>
          <button type="button" aria-label={`Remove alias ${alias}`} onClick={() => void remove(alias)}>
            <X />
          </button>
        </span>
      ))}
      <IconButton label={`Add an alias to version ${version}`} onClick={() => setAdding(true)}>
        <Plus />
      </IconButton>
      {isAdding && <AliasDialog version={version} taken={taken} onSet={set} onClose={() => setAdding(false)} />}
    </span>
  )
}

interface AliasDialogProps {
  readonly version: string
  readonly taken: AliasListProps['taken']
  readonly onSet: (alias: string) => Promise<unknown>
  readonly onClose: () => void
}

function AliasDialog({ version, taken, onSet, onClose }: AliasDialogProps) {
  const [alias, setAlias] = useState('')
  const [error, setError] = useState<string>()
  const owner = taken.find((one) => one.alias === alias.trim())
  const others = taken.filter((one) => one.version !== version)
  const save = async (): Promise<void> => {
    try {
      await onSet(alias.trim())
      onClose()
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <Dialog
      title={`Alias for version ${version}`}
      onClose={onClose}
      action={{ label: owner ? 'Move here' : 'Set', onAction: save, disabled: alias.trim() === '' }}
    >
      <TextField
        label="Alias"
        value={alias}
        onChange={(event) => setAlias(event.target.value)}
        hint={
          owner
            ? `It is taken from version ${owner.version}.`
            : 'Letters, digits, _ and -; clients load models:/name@alias.'
        }
        error={error}
        autoFocus
      />
      {others.length > 0 && (
        <div className={styles['aliases']} role="group" aria-label="Aliases of other versions">
          {others.map((one) => (
            <button key={one.alias} type="button" className={styles['pick']} onClick={() => setAlias(one.alias)}>
              <bdi>{one.alias}</bdi> <small>v{one.version}</small>
            </button>
          ))}
        </div>
      )}
    </Dialog>
  )
}
