import { useQueryClient } from '@tanstack/react-query'
import { TagList, userTags } from '../controls/tag-list.tsx'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { type Run, runChanged } from './run-data.ts'

export function RunTags({ run: { info, data } }: { run: Run }) {
  const queries = useQueryClient()
  const tags = userTags(data.tags)
  const set = async (key: string, value: string): Promise<void> => {
    await server.setTag({ run_id: info.run_id, key, value })
    await runChanged(queries, info.run_id)
  }
  const remove = async (key: string): Promise<void> => {
    const value = tags.find((tag) => tag.key === key)?.value ?? ''
    try {
      await server.deleteTag({ run_id: info.run_id, key })
      toast({ text: `Tag ${key} was deleted.`, undo: () => set(key, value) })
    } catch (error) {
      toastFailure('The tag was not deleted.', error)
    }
    await runChanged(queries, info.run_id)
  }
  return (
    <section>
      <h2>Tags</h2>
      <TagList tags={tags} onSet={set} onDelete={remove} />
    </section>
  )
}
