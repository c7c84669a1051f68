import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { TextField } from '../controls/text-field.tsx'
import { server } from '../server.ts'
import { type Run, runChanged } from './run-data.ts'
import styles from './run-name.module.css'
import { messageOf } from '../controls/thrown.ts'

/** A run's name while it is changed. Escape leaves it as it was. */
export function RunName({ run: { info }, onClose }: { run: Run; onClose: () => void }) {
  const queries = useQueryClient()
  const [name, setName] = useState(info.run_name)
  const [error, setError] = useState<string>()
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    try {
      if (name.trim() !== '') await server.updateRun({ run_id: info.run_id, run_name: name.trim() })
    } catch (reason) {
      setError(messageOf(reason))
      return
    }
    onClose()
    await runChanged(queries, info.run_id)
  }
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => void save(event)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <TextField
        label="Name of the run"
        isBare
        className={styles['field'] ?? ''}
        value={name}
        onChange={(event) => setName(event.target.value)}
        onFocus={(event) => event.target.select()}
        error={error}
        autoFocus
      />
      <Button type="submit" kind="primary">
        Save
      </Button>
      <Button onClick={onClose}>Cancel</Button>
    </form>
  )
}
