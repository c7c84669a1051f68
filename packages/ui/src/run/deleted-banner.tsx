import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../controls/button.tsx'
import { server } from '../server.ts'
import { toastFailure } from '../shell/toasts.tsx'
import { type Run, runChanged } from './run-data.ts'
import styles from './deleted-banner.module.css'

/** Says that a run is in the trash, with the way out of it. */
export function DeletedBanner({ run: { info } }: { run: Run }) {
  const queries = useQueryClient()
  if (info.lifecycle_stage !== 'deleted') return null
  const restore = async (): Promise<void> => {
    try {
      await server.restoreRun({ run_id: info.run_id })
    } catch (error) {
      toastFailure('The run was not restored.', error)
    }
    await runChanged(queries, info.run_id)
  }
  return (
    <div className={styles['banner']} role="status">
      <p>This run is deleted. It stays in the trash until it is removed for good.</p>
      <Button onClick={() => void restore()}>Restore</Button>
    </div>
  )
}
