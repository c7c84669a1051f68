import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from './storage-fault.ts'

/**
 * Makes a folder with those above it and returns the ones that were not there, outermost first. Unlike Node's recursive
 * `mkdir` it rejects with the true reason on a read-only file system, where that one says ENOENT.
 */
export async function makeFolders(path: string): Promise<string[]> {
  try {
    return await makeOne(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    return [...(await makeFolders(dirname(path))), ...(await makeOne(path))]
  }
}

async function makeOne(path: string): Promise<string[]> {
  try {
    await mkdir(path)
    return [path]
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return []
    throw error
  }
}
