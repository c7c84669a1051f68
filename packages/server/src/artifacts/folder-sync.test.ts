import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFolderSync } from './folder-sync.ts'

test('createFolderSync lets those who ask during a sync share the next one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'folder-sync-'))
  const sync = createFolderSync()
  const first = sync(folder)
  await Promise.resolve()
  const second = sync(folder)
  const third = sync(folder)
  expect(second).not.toBe(first)
  expect(third).toBe(second)
  await Promise.all([first, second])
  const later = sync(folder)
  expect(later).not.toBe(second)
  await later
  await rm(folder, { recursive: true })
})

test('createFolderSync reports a folder that is gone to each who asked, and works again after', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'folder-sync-'))
  const sync = createFolderSync()
  const missing = join(folder, 'missing')
  const asked = [sync(missing), sync(missing)]
  for (const one of asked) await expect(one).rejects.toThrowError(/ENOENT/)
  await sync(folder)
  await rm(folder, { recursive: true })
})
