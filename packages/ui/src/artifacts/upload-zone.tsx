import { useQueryClient } from '@tanstack/react-query'
import { createContext, type DragEvent, type ReactNode, use, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { countText } from '../controls/display-text.ts'
import { joined } from './artifact-root.ts'
import { uploadFile } from './upload-file.ts'
import styles from './upload-zone.module.css'
import { messageOf } from '../controls/thrown.ts'

interface Uploading {
  readonly name: string
  /** From 0 to 1. */
  readonly done: number
  readonly total: number
}

const UploadContext = createContext<(() => void) | undefined>(undefined)

/** Asks for files to upload into the open folder; undefined where nothing can be uploaded. */
export function useUpload(): (() => void) | undefined {
  return use(UploadContext)
}

interface UploadZoneProps {
  /** The run that files go to; without it nothing can be uploaded. */
  readonly runId: string | undefined
  readonly folder: string
  readonly children: ReactNode
}

/** Takes files that are dropped on it, or chosen, into the open folder, one after the other. */
export function UploadZone({ runId, folder, children }: UploadZoneProps) {
  const queries = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const [uploading, setUploading] = useState<Uploading>()
  const [failures, setFailures] = useState<readonly string[]>([])
  const abort = useRef<AbortController>(undefined)

  if (runId === undefined) return <div className={styles['zone']}>{children}</div>
  const upload = async (files: readonly File[]): Promise<void> => {
    const failed: string[] = []
    const { signal } = (abort.current = new AbortController())
    setFailures([])
    for (const file of files) {
      const show = (done: number): void => setUploading({ name: file.name, done, total: files.length })
      show(0)
      try {
        await uploadFile(runId, joined(folder, file.name), file, show, signal)
      } catch (error) {
        failed.push(`${file.name}: ${messageOf(error)}`)
        if (signal.aborted) break
      }
    }
    setUploading(undefined)
    setFailures(failed)
    await queries.invalidateQueries({ queryKey: ['artifacts'] })
  }
  const isFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')
  return (
    <div
      className={styles['zone']}
      data-over={isOver}
      onDragOver={(event) => {
        if (!isFiles(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={(event) => {
        if (!isFiles(event)) return
        event.preventDefault()
        setOver(false)
        void upload([...event.dataTransfer.files])
      }}
    >
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        onChange={(event) => {
          void upload([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      {uploading && (
        <div className={styles['progress']} role="status">
          <span className="cut" dir="auto">
            Uploading {uploading.name}
            {uploading.total > 1 && ` (of ${countText(uploading.total, 'file')})`}
          </span>
          <progress value={uploading.done} aria-label={`Upload of ${uploading.name}`} />
          <Button onClick={() => abort.current?.abort()}>Stop</Button>
        </div>
      )}
      {failures.length > 0 && (
        <div className={styles['failures']} role="alert">
          <ul dir="auto">
            {failures.map((failure) => (
              <li key={failure}>Not uploaded: {failure}</li>
            ))}
          </ul>
          <Button onClick={() => setFailures([])}>Dismiss</Button>
        </div>
      )}
      <UploadContext value={() => input.current?.click()}>{children}</UploadContext>
      {isOver && <p className={styles['hint']}>Drop to upload into {folder === '' ? 'the artifacts' : folder}</p>}
    </div>
  )
}
