import { useQuery } from '@tanstack/react-query'
import { refusalOf } from '../byte-range.ts'
import { ownerOf } from '../artifact-root.ts'
import type { ViewerProps } from './viewer.ts'

/** The text of a whole file, for files whose size was looked at before. */
export function useFileText({ root, path, url, size }: ViewerProps, isWanted = true) {
  return useQuery({
    queryKey: ['artifact', ownerOf(root), path, 'text', size],
    queryFn: async ({ signal }) => {
      const reply = await fetch(url, { signal })
      if (!reply.ok) throw new Error(await refusalOf(reply))
      return reply.text()
    },
    enabled: isWanted,
  })
}
